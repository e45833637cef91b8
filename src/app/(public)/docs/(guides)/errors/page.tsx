import { type ErrorCode, errorTable } from "@agathaai/core/platform/errors";
import { ListTable } from "@/components/data/list-table";
import { CodeBlock } from "@/components/ui/code/code-block";
import { Code, Guide, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";
import { meanings } from "./_lib/meanings";

export const metadata = guideMetadata("/docs/errors");

const example = {
  error: {
    message: 'Model "gpt-4p" not found. Did you mean gpt-4, gpt-4o or gpt-4.1?',
    type: "not_found_error",
    param: "model",
    code: "model_not_found",
    request_id: "req_01kaq8v3e9f0tb2m6c4x7r5zhd",
  },
};

export default function ErrorsPage() {
  return (
    <Guide path="/docs/errors">
      <Section id="shape" title="Format">
        <CodeBlock label="An error" code={JSON.stringify(example, null, 2)} wrap />
        <p>
          <Code>message</Code> is for people and <Code>code</Code> for programs; <Code>param</Code> names the
          field. When you email support, quote <Code>request_id</Code>, also in the <Code>x-request-id</Code>{" "}
          header.
        </p>
      </Section>
      <Section id="retrying" title="Retrying">
        <p>
          <Code>429</Code> and <Code>503</Code> carry <Code>retry-after</Code>, in seconds. When retrying
          can’t help, such as when you’ve used all of this month’s tokens, the response has{" "}
          <Code>x-should-retry: false</Code>. With an <Code>Idempotency-Key</Code>, a repeated request never
          runs or costs twice.
        </p>
        <p>
          When you fetch a request that was accepted and then failed, the call returns <Code>200</Code> with{" "}
          <Code>{`"status":"failed"`}</Code> and the error inside: the fetch succeeded; the request did not.
          By then we’ve tried the provider several times, and nothing is charged.
        </p>
      </Section>
      <Section id="codes" title="Codes">
        <ListTable
          caption="Error codes"
          className="[&_td]:align-top"
          columns={[
            {
              name: "Code",
              cell: (code) => (
                <>
                  <code className="wrap-anywhere text-[13px]">{code}</code>
                  <span className="block text-[13px] text-muted tabular-nums">{errorTable[code].status}</span>
                  <span className="mt-1 block sm:hidden">{meanings[code]}</span>
                </>
              ),
            },
            { name: "Meaning", from: "sm", cell: (code) => meanings[code] },
            { name: "Retry", cell: (code) => (errorTable[code].retry ? "Yes" : "No") },
          ]}
          rows={Object.keys(errorTable) as ErrorCode[]}
          rowKey={(code) => code}
          rowProps={(code) => ({ id: code })}
        />
      </Section>
    </Guide>
  );
}
