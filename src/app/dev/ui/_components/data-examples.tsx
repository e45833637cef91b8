"use client";

import { Agate } from "@/components/brand/agate";
import { Bands } from "@/components/brand/bands";
import { Wordmark } from "@/components/brand/mark";
import { CapBar } from "@/components/charts/cap-bar";
import { LazyStackedBars } from "@/components/charts/lazy-stacked-bars";
import { QuotaGauge } from "@/components/charts/quota-gauge";
import { SparkBars, SparkLine } from "@/components/charts/sparkline";
import { ListTable } from "@/components/data/list-table";
import { ExactTime, RelativeTime } from "@/components/format/relative-time";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { Badge } from "@/components/ui/badge";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code/code-block";
import { CodeTabs } from "@/components/ui/code/code-tabs";
import { formatCount } from "@/shared/format/count";
import { Example } from "./example";

const AN_INSTANT = "2026-11-23T12:00:00.000Z";
const counts = [2, 5, 3, 8, 13, 9, 4, 0, 6, 11, 7, 3, 5, 9];
const shares = [0, 0.24, 0.62, 0.86, 1];
const series = ["gpt-4o", "gemini-3.8-flash", "deepseek-flash"].map((label) => ({ id: label, label }));
const rows = counts.map((count, day) => ({
  start: new Date(Date.UTC(2026, 10, day + 1)).toISOString(),
  values: [count * 900, count * 400, count * 200],
  total: count * 1_500,
  previous: count * 1_200,
}));
const formatDay = (start: string) => start.slice(5, 10);

export function DataExamples() {
  const samples = inferenceSnippets({
    baseUrl: "https://api.example.com",
    body: { model: "gpt-4o", prompt: "Why does an agate have bands?" },
  });
  return (
    <>
      <ListTable
        caption="Requests"
        columns={[
          { name: "Model", cell: ({ id }) => id },
          { name: "Status", cell: () => <Badge tone="good">Completed</Badge> },
          { name: "Tokens", kind: "number", cell: ({ tokens }) => formatCount(tokens) },
        ]}
        rows={series.map(({ id }, index) => ({ id, tokens: 1_000 * (index + 1) }))}
        rowKey={({ id }) => id}
      />
      <Card>
        <CardHeader>
          <CardTitle>Card</CardTitle>
          <Badge>badge</Badge>
        </CardHeader>
        <CardBody>
          <RelativeTime iso={AN_INSTANT} /> · <ExactTime iso={AN_INSTANT} className="text-muted" />
        </CardBody>
      </Card>
      <CodeTabs samples={samples} label="A request" className="min-w-0" />
      <CodeBlock code={JSON.stringify({ model: "gpt-4o", stream: true }, null, 2)} label="JSON" />
    </>
  );
}

export function ChartExamples() {
  return (
    <>
      <Example name="QuotaGauge">
        {shares.map((share) => (
          <QuotaGauge
            key={share}
            share={share}
            projected={share * 1.3}
            label={`${share * 100}% used`}
            className="w-28"
          />
        ))}
      </Example>
      <Example name="CapBar" className="grid sm:grid-cols-3">
        {shares.map((share) => (
          <CapBar key={share} share={share} />
        ))}
      </Example>
      <Example name="SparkBars, SparkLine">
        <SparkBars values={counts} label="Requests per day" />
        <SparkLine values={counts} above={counts.map((count) => count * 1.6)} label="Latency per day" />
      </Example>
      <div className="h-72">
        <LazyStackedBars
          label="Tokens by day"
          series={series}
          rows={rows}
          formatValue={formatCount}
          formatTick={formatCount}
          formatStart={formatDay}
          formatStartTick={formatDay}
          previousLabel="Previous 14 days"
        />
      </div>
      <Example name="Wordmark, Bands, Agate">
        <Wordmark />
        <Bands />
        <Agate className="w-40" />
      </Example>
    </>
  );
}
