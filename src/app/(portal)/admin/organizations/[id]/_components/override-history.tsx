import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import type { Organization } from "../_lib/organization";

export function OverrideHistory({ overrides }: { overrides: Organization["past_overrides"] }) {
  return (
    <section aria-labelledby="past-overrides">
      <h2 id="past-overrides" className="mb-3 font-semibold text-base">
        Earlier overrides
      </h2>
      <ListTable
        caption="Overrides that have ended, newest first"
        columns={columns}
        rows={overrides}
        rowKey={({ id }) => id}
      />
    </section>
  );
}

const columns: Column<Organization["past_overrides"][number]>[] = [
  { name: "Plan", className: "capitalize", cell: ({ plan }) => plan },
  { name: "Reason", className: "min-w-40", cell: ({ reason }) => reason },
  {
    name: "Created",
    from: "sm",
    cell: ({ created_at, by }) => (
      <>
        <RelativeTime iso={created_at} />
        {by && ` by ${by}`}
      </>
    ),
  },
  { name: "Ended", cell: ({ ended_at }) => ended_at && <RelativeTime iso={ended_at} /> },
];
