import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { formatCount } from "@/shared/count";
import type { Detail } from "../_lib/detail";

const isPlain = (value: unknown) => typeof value !== "object" || value === null;

/** What was asked beside the messages, and the caller's own metadata. */
export function ParameterList({ request: { parameters, max_output_tokens, metadata } }: { request: Detail }) {
  const given = Object.entries(parameters).filter(([name]) => name !== "metadata");
  return (
    <Card>
      <CardHeader>
        <CardTitle>Parameters</CardTitle>
      </CardHeader>
      <CardBody className="grid gap-3">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2">
          {given.map(([name, value]) => (
            <div key={name} className={isPlain(value) ? "contents" : "col-span-2"}>
              <dt className="text-muted">
                <code className="text-[13px]">{name}</code>
              </dt>
              <dd className={isPlain(value) ? "break-words text-right" : "mt-1"}>
                {isPlain(value) ? (
                  String(value)
                ) : (
                  <CodeBlock code={JSON.stringify(value, null, 2)} label={name} />
                )}
              </dd>
            </div>
          ))}
          <div className="contents">
            <dt className="text-muted">Output limit used</dt>
            <dd className="num text-right">{formatCount(max_output_tokens)} tokens</dd>
          </div>
          {Object.entries(metadata).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="break-all text-muted">
                metadata.
                <wbr />
                {name}
              </dt>
              <dd className="break-words text-right">{value}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}
