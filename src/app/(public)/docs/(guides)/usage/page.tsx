import { CodeBlock } from "@/components/ui/code/code-block";
import { publicUrl } from "../../../../_lib/public-url";
import { Code, Guide, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";
import { FactsTable } from "../_components/facts-table";

export const metadata = guideMetadata("/docs/usage");

const parameters = [
  ["from, to", "The last 30 days by default. Rounded outward to whole buckets; the response says which."],
  ["interval", "hour (up to 31 days), day (up to 400 days, the default) or month (up to 36)."],
  ["group_by", "model, api_key, status, member or endpoint."],
  [
    "model, api_key_id, status, endpoint, environment",
    "Filters. environment is the key’s own; with an access token it’s live unless you set test or all.",
  ],
] as const;

export default function UsageGuidePage() {
  const url = publicUrl();
  return (
    <Guide path="/docs/usage">
      <Section id="usage" title="Usage">
        <CodeBlock
          label="Usage by model and day"
          wrap
          code={`curl "${url}/api/v1/usage?interval=day&group_by=model" \\\n  -H "Authorization: Bearer $AGATHA_API_KEY"`}
        />
        <FactsTable
          caption="Parameters of the usage call"
          columns={["Parameter", "Meaning"]}
          rows={parameters.map(([name, meaning]) => [<Code key={name}>{name}</Code>, meaning])}
        />
        <p>
          A request counts once it has ended, in the bucket in which it was accepted. Costs are in
          micro-dollars, times are UTC, and buckets without requests are omitted.
        </p>
      </Section>

      <Section id="export" title="Export">
        <p>
          <Code>GET /api/v1/usage.csv</Code> takes the same parameters and returns a file for spreadsheets,
          one line per bucket and group, with costs in dollars. It’s streamed: if the connection drops, the
          file is incomplete. The portal’s CSV button saves what the page shows.
        </p>
      </Section>

      <Section id="history" title="History">
        <CodeBlock
          label="Failed requests of one customer"
          wrap
          code={`curl -g "${url}/api/v1/history?status=failed&metadata[customer]=42" \\\n  -H "Authorization: Bearer $AGATHA_API_KEY"`}
        />
        <p>
          Newest first, 25 per page, up to 100 with <Code>limit</Code>. Follow <Code>next_cursor</Code> until
          it’s null; new requests don’t shift pages.
        </p>
      </Section>

      <Section id="deleting" title="Deleting">
        <p>
          <Code>DELETE /api/v1/history/:id</Code> removes an ended request from every view at once and erases
          its prompt and answer after 30 days. Its cost stays in your usage records.
        </p>
      </Section>
    </Guide>
  );
}
