import type { CellSite } from "@agathaai/core/platform/cell/cell-table";

interface RegionChoiceProps {
  sites: readonly CellSite[];
  own: string | undefined;
  /** Where to go once signed up, where somebody asked for that. */
  next?: string | undefined;
}

/** Each region has accounts of its own, so another one's sign-up is at its own host. Nothing where there is one region. */
export function RegionChoice({ sites, own, next }: RegionChoiceProps) {
  if (sites.length < 2) return null;
  const query = next === undefined ? "" : `?next=${encodeURIComponent(next)}`;
  return (
    <nav aria-label="Region" className="mb-6 grid gap-2">
      <p className="font-medium">Region</p>
      <ul className="grid gap-2 sm:grid-cols-2">
        {sites.map(({ code, url, label }) => (
          <li key={code}>
            {code === own ? (
              <span
                aria-current="true"
                className="block rounded-md border border-accent px-3 py-2 font-medium"
              >
                {label}
              </span>
            ) : (
              <a
                href={`${url}/sign-up${query}`}
                className="block rounded-md border border-line px-3 py-2 text-muted hover:bg-sunken"
              >
                {label}
              </a>
            )}
          </li>
        ))}
      </ul>
      <p className="text-muted text-sm">
        Your account and data are stored in this region. It can’t be changed later.
      </p>
    </nav>
  );
}
