import { providerName } from "@/components/format/provider";
import { ExactTime, RelativeTime } from "@/components/format/relative-time";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code/code-block";
import { endpointNames } from "@/shared/endpoints";
import { formatTokens } from "@/shared/format/count";
import { formatDuration } from "@/shared/format/time";
import { type Fact, FactCard } from "../../../_components/fact-card";
import type { RequestDetail } from "../../_lib/types";

/** When the request was sent, how long it took and who served it. */
export function Facts({ request }: { request: RequestDetail }) {
  const { endpoint, provider, served_by, created_at, latency_ms, finish_reason, trace_id } = request;
  const facts: Fact[] = [
    [
      "Sent",
      <span key="sent" className="grid">
        <RelativeTime iso={created_at} />
        <ExactTime iso={created_at} className="text-[13px] text-muted" />
      </span>,
    ],
    ["Duration", latency_ms === null ? "Not finished" : formatDuration(latency_ms)],
    ["Endpoint", endpointNames[endpoint]],
    ["Provider", providerName(provider)],
    ["Served by", <code key="by">{served_by}</code>],
    ...(finish_reason ? ([["Finish reason", <code key="why">{finish_reason}</code>]] satisfies Fact[]) : []),
    ...(trace_id ? ([["Trace ID", <code key="trace">{trace_id}</code>]] satisfies Fact[]) : []),
  ];
  return <FactCard facts={facts} />;
}

const isPlain = (value: unknown) => typeof value !== "object" || value === null;

/** The parameters other than messages, and the metadata. */
export function ParameterList({
  request: { parameters, max_output_tokens, metadata },
}: {
  request: RequestDetail;
}) {
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
            <dd className="num text-right">{formatTokens(max_output_tokens)}</dd>
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
