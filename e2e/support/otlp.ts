import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

export interface ReceivedSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentId: string;
  attributes: Record<string, string>;
}

export interface Collector {
  url: string;
  spans(): ReceivedSpan[];
  /** Names of the metrics received, each with the services that sent it. */
  metrics(): Map<string, Set<string>>;
  /** Everything received, as it came over the wire. */
  bytes(): Buffer;
}

/** An OTLP/HTTP collector: takes protobuf on /v1/traces and /v1/metrics, and reads the fields a test asks for. */
export async function startCollector(): Promise<Collector> {
  const bodies: Buffer[] = [];
  const metricBodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const kept = { "/v1/traces": bodies, "/v1/metrics": metricBodies }[request.url ?? ""];
      const known = kept !== undefined && request.headers["content-type"] === "application/x-protobuf";
      if (known) kept.push(Buffer.concat(chunks));
      response.writeHead(known ? 200 : 404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => bodies.flatMap(readSpans),
    metrics: () => readMetricNames(metricBodies),
    bytes: () => Buffer.concat([...bodies, ...metricBodies]),
  };
}

/** opentelemetry/proto/collector/trace/v1: resource_spans = 1; resource = 1, scope_spans = 2; spans = 2. */
function readSpans(body: Buffer): ReceivedSpan[] {
  return fields(body, 1).flatMap((resourceSpans) => {
    const [resource] = fields(resourceSpans, 1);
    const service = resource === undefined ? "" : (readAttributes(resource, 1)["service.name"] ?? "");
    return fields(resourceSpans, 2)
      .flatMap((scopeSpans) => fields(scopeSpans, 2))
      .map((span) => ({
        service,
        name: fields(span, 5)[0]?.toString("utf8") ?? "",
        traceId: fields(span, 1)[0]?.toString("hex") ?? "",
        spanId: fields(span, 2)[0]?.toString("hex") ?? "",
        parentId: fields(span, 4)[0]?.toString("hex") ?? "",
        attributes: readAttributes(span, 9),
      }));
  });
}

/** opentelemetry/proto/collector/metrics/v1: resource_metrics = 1; resource = 1, scope_metrics = 2; metrics = 2; name = 1. */
function readMetricNames(bodies: Buffer[]): Map<string, Set<string>> {
  const services = new Map<string, Set<string>>();
  for (const resourceMetrics of bodies.flatMap((body) => fields(body, 1))) {
    const [resource] = fields(resourceMetrics, 1);
    const service = resource === undefined ? "" : (readAttributes(resource, 1)["service.name"] ?? "");
    for (const metric of fields(resourceMetrics, 2).flatMap((scope) => fields(scope, 2))) {
      const name = fields(metric, 1)[0]?.toString("utf8") ?? "";
      services.set(name, (services.get(name) ?? new Set()).add(service));
    }
  }
  return services;
}

function readAttributes(message: Buffer, field: number): Record<string, string> {
  return Object.fromEntries(
    fields(message, field).map((pair) => {
      const [value] = fields(pair, 2);
      const text = value === undefined ? undefined : fields(value, 1)[0];
      return [fields(pair, 1)[0]?.toString("utf8") ?? "", text?.toString("utf8") ?? "(number)"];
    }),
  );
}

/** The length-delimited fields of this number in one protobuf message. */
function fields(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const type = tag % 8;
    if (type === 0) varint();
    else if (type === 1) at += 8;
    else if (type === 5) at += 4;
    else {
      const length = varint();
      if (Math.floor(tag / 8) === wanted) found.push(message.subarray(at, at + length));
      at += length;
    }
  }
  return found;
}
