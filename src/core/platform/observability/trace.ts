import type { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { W3CTraceContextPropagator } from "@opentelemetry/core";
import type { TracerProvider } from "@opentelemetry/sdk-trace";
import { singleton } from "../concurrency/singleton";
import { withTimeout } from "../concurrency/with-timeout";
import { env } from "../env";
import { AppError } from "../errors";
import { log } from "./log";

type Api = typeof import("@opentelemetry/api");
type Attributes = Record<string, string | number | boolean | undefined>;

export interface SpanOptions {
  kind?: "internal" | "server" | "client" | "producer" | "consumer";
  /** The parent as W3C traceparent; without one, the span that is open here. */
  parent?: string | undefined;
  /** Milliseconds since the epoch, for a span that began before it was opened. */
  startedAt?: number | undefined;
  attributes?: Attributes;
}

export interface LiveSpan {
  rename(name: string): void;
  set(attributes: Attributes): void;
  /** For failures that are returned, not thrown. */
  fail(code: string): void;
}

interface Tracing {
  api: Api;
  provider: TracerProvider;
  contexts: AsyncLocalStorageContextManager;
  propagator: W3CTraceContextPropagator;
  tracer: ReturnType<TracerProvider["getTracer"]>;
}

/**
 * Our own, not OpenTelemetry's process-wide registry, to which other packages add spans (Next adds whole URLs with
 * their tokens). Absent while tracing is off.
 */
const tracing = singleton("tracing", (parts: Tracing) => parts);

const SHUTDOWN_MS = 3_000;
const EXPORT_MS = 5_000;
const GATHER_MS = 1_000;

/** Turns tracing on where a collector is configured. Elsewhere nothing is loaded, and a span costs one comparison. */
export async function startTracing(service: "agathaai-server" | "agathaai-worker"): Promise<void> {
  const url = collectorUrl();
  if (url === undefined || tracing.peek() !== undefined) return;
  const [api, core, sdk, hooks, exporter, resources] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/core"),
    import("@opentelemetry/sdk-trace"),
    import("@opentelemetry/context-async-hooks"),
    import("@opentelemetry/exporter-trace-otlp-proto"),
    import("@opentelemetry/resources"),
  ]);
  const provider = new sdk.TracerProvider({
    // By trace id, whatever flag the caller sends: every process keeps the same traces, and no caller decides.
    sampler: new sdk.TraceIdRatioBasedSampler(env().OTEL_TRACES_SAMPLER_ARG),
    resource: resources.resourceFromAttributes({ "service.name": env().OTEL_SERVICE_NAME ?? service }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new exporter.OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS }),
        scheduledDelayMillis: GATHER_MS,
      }),
    ],
  });
  const contexts = new hooks.AsyncLocalStorageContextManager();
  contexts.enable();
  tracing({
    api,
    provider,
    contexts,
    propagator: new core.W3CTraceContextPropagator(),
    tracer: provider.getTracer("agathaai"),
  });
  log().info({ service, collector: new URL(url).host }, "tracing");
}

/** Whether spans are recorded: what runs once a call asks first, and makes neither span nor attributes where they are not. */
export function isTracing(): boolean {
  return tracing.peek() !== undefined;
}

function collectorUrl(): string | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact } = env();
  return exact ?? (base && `${base.replace(/\/+$/, "")}/v1/traces`);
}

/**
 * Runs `run` as one span of the trace. Attributes are names, counts and ids, never content. Of an error only the code
 * or class is recorded, because messages can quote anything.
 */
export function inSpan<T>(
  name: string,
  options: SpanOptions,
  run: (span: LiveSpan) => Promise<T>,
): Promise<T> {
  const active = tracing.peek();
  return active === undefined ? run(noSpan) : record(active, name, options, run);
}

async function record<T>(
  { api, contexts, propagator, tracer }: Tracing,
  name: string,
  { kind = "internal", parent, startedAt, attributes }: SpanOptions,
  run: (span: LiveSpan) => Promise<T>,
): Promise<T> {
  const remote = propagator.extract(api.ROOT_CONTEXT, { traceparent: parent }, api.defaultTextMapGetter);
  const around = api.trace.getSpanContext(remote) === undefined ? contexts.active() : remote;
  const span = tracer.startSpan(
    name,
    { kind: api.SpanKind[upper(kind)], ...(startedAt !== undefined && { startTime: startedAt }) },
    around,
  );
  const live: LiveSpan = {
    rename: (known) => void span.updateName(known),
    set: (more) => {
      for (const [key, value] of Object.entries(more)) if (value !== undefined) span.setAttribute(key, value);
    },
    fail: (code) => {
      span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.setAttribute("error.type", code);
    },
  };
  live.set(attributes ?? {});
  try {
    return await contexts.with(api.trace.setSpan(around, span), () => run(live));
  } catch (error) {
    live.fail(codeOf(error));
    throw error;
  } finally {
    span.end();
  }
}

const noSpan: LiveSpan = { rename: () => {}, set: () => {}, fail: () => {} };

/** The active span as W3C traceparent, to be stored with the work it causes; undefined while tracing is off. */
export function injectTrace(): string | undefined {
  const active = tracing.peek();
  if (active === undefined) return undefined;
  const headers: { traceparent?: string } = {};
  active.propagator.inject(active.contexts.active(), headers, active.api.defaultTextMapSetter);
  return headers.traceparent;
}

/** The trace id in a traceparent of `injectTrace`; any other text is already an id. */
export function traceIdOf(text: string): string {
  return /^00-([0-9a-f]{32})-/.exec(text)?.[1] ?? text;
}

/** Sends gathered spans, for a process that may be frozen between two calls. */
export async function flushTraces(): Promise<void> {
  await sent(tracing.peek()?.provider.forceFlush());
}

/** Sends the rest and ends tracing. Waits at most three seconds for a collector that does not answer. */
export async function stopTracing(): Promise<void> {
  const stopped = tracing.clear();
  await sent(stopped?.provider.shutdown());
  stopped?.contexts.disable();
}

async function sent(sending: Promise<void> | undefined): Promise<void> {
  if (sending === undefined) return;
  try {
    await withTimeout(sending, SHUTDOWN_MS);
  } catch (error) {
    log().warn({ err: error }, "traces were not sent");
  }
}

function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? error.name : "unknown";
}

function upper<Kind extends NonNullable<SpanOptions["kind"]>>(kind: Kind): Uppercase<Kind> {
  return kind.toUpperCase() as Uppercase<Kind>;
}
