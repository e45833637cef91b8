import { cn } from "@/components/cn";

const BANDS = 20;
const bands = Array.from({ length: BANDS }, (_, band) => band);

/** A limit as agate bands that fill from the left; the held part is lighter. */
export function QuotaBands({
  used,
  reserved,
  limit,
  of,
}: {
  used: number;
  reserved: number;
  limit: number;
  /** Read out after the share: "this month's tokens used". */
  of: string;
}) {
  const share = (count: number) => (limit === 0 ? BANDS : Math.min(BANDS, (count / limit) * BANDS));
  const [spent, held] = [share(used), share(used + reserved)];
  const full = used + reserved >= limit;
  return (
    <div
      role="img"
      aria-label={`${Math.floor((used / Math.max(1, limit)) * 100)}% of ${of}`}
      className="mt-3 flex h-3 gap-[3px]"
    >
      {bands.map((band) => {
        const fill = Math.max(0, Math.min(1, spent - band));
        const set = Math.max(0, Math.min(1, held - band));
        return (
          <span key={band} className="relative flex-1 overflow-hidden rounded-sm bg-sunken">
            <span className="absolute inset-y-0 left-0 bg-accent/35" style={{ width: `${set * 100}%` }} />
            <span
              className={cn("absolute inset-y-0 left-0", full ? "bg-attention" : "bg-accent")}
              style={{ width: `${fill * 100}%` }}
            />
          </span>
        );
      })}
    </div>
  );
}
