import { type ErrorCode, errorTable } from "@agathaai/core/platform/errors";
import type { Metadata } from "next";
import { CodeBlock } from "@/components/ui/code-block";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Code, Section, Title } from "../prose";
import { meanings } from "./meanings";

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
    <>
      <Title lead="Every error has one shape, OpenAI's, whatever call it answers.">Errors</Title>
      <CodeBlock label="An error" code={JSON.stringify(example, null, 2)} />
      <p className="mt-4">
        <Code>message</Code> is for people and <Code>code</Code> for programs; <Code>param</Code> names the
        field. Quote <Code>request_id</Code>, also in the <Code>x-request-id</Code> header, when you write to
        support. Where trying again cannot help, the answer says <Code>x-should-retry: false</Code>.
      </p>
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
    </>
  );
}
