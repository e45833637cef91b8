import { type ErrorCode, errorTable } from "@agathaai/core/platform/errors";
import type { Metadata } from "next";
import { CodeBlock } from "@/components/ui/code-block";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Code, Guide, Section } from "../_components/guide";
import { meanings } from "./_lib/meanings";

export const metadata: Metadata = {
  title: "Errors",
  description: "The one shape of every error, and every code with what to do about it.",
};

const example = {
  error: {
    message: 'There is no model "gpt-4p". Did you mean "gpt-4o" or "gpt-4"?',
    type: "not_found_error",
    param: "model",
    code: "model_not_found",
    request_id: "req_01kaq8v3e9f0tb2m6c4x7r5zhd",
  },
};

export default function ErrorsPage() {
  return (
    <Guide title="Errors" lead="Every error has one shape, OpenAI's, whatever call it answers.">
      <Section id="shape" title="The shape">
        <CodeBlock label="An error" code={JSON.stringify(example, null, 2)} wrap />
        <p>
          <Code>message</Code> is for people and <Code>code</Code> for programs; <Code>param</Code> names the
          field. Quote <Code>request_id</Code>, also in the <Code>x-request-id</Code> header, when you write
          to support.
        </p>
      </Section>
      <Section id="retrying" title="Trying again">
        <p>
          <Code>429</Code> and <Code>503</Code> carry <Code>retry-after</Code>, in seconds. Where trying again
          cannot help, as when the month's tokens are spent, the answer says{" "}
          <Code>x-should-retry: false</Code>. With an <Code>Idempotency-Key</Code> a repeated request is never
          run, or paid, twice.
        </p>
        <p>
          A request that was accepted and then failed is no error of the call that asks for it: its result
          answers <Code>200</Code> with <Code>{`"status":"failed"`}</Code> and the error inside. We have tried
          the provider several times by then, and nothing is charged.
        </p>
      </Section>
      <Section id="codes" title="Codes">
        <Table>
          <caption className="sr-only">Error codes</caption>
          <TableHead>
            <tr>
              <TableHeader>Code</TableHeader>
              <TableHeader>Meaning</TableHeader>
              <TableHeader>Retry</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {(Object.keys(errorTable) as ErrorCode[]).map((code) => (
              <TableRow key={code} id={code}>
                <TableCell className="align-top">
                  <code className="text-[13px]">{code}</code>
                  <span className="block text-[13px] text-muted tabular-nums">{errorTable[code].status}</span>
                </TableCell>
                <TableCell className="align-top">{meanings[code]}</TableCell>
                <TableCell className="align-top">{errorTable[code].retry ? "Yes" : "No"}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Section>
    </Guide>
  );
}
