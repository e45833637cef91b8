import type { SubProcessor } from "@/shared/legal/sub-processors";

/** A table where there is room for four columns, else one block each. */
export function SubProcessorList({ rows }: { rows: readonly SubProcessor[] }) {
  return (
    <ul className="mt-10 grid grid-cols-1 divide-y rounded-lg border">
      {rows.map(({ id, name, purpose, place, data }) => (
        <li key={id} className="grid gap-x-6 gap-y-2 p-5 md:grid-cols-[12rem_repeat(3,minmax(0,1fr))]">
          <h2 className="font-semibold">{name}</h2>
          <dl className="contents">
            <Fact name="Purpose">{purpose}</Fact>
            <Fact name="Place">{place}</Fact>
            <Fact name="Data">{data}</Fact>
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt className="text-[13px] text-muted">{name}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}
