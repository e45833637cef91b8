import { formatMoney } from "@/shared/money";
import type { Spending } from "../_lib/spending";
import { QuotaBands } from "./quota-bands";

/** Keys that have a cap of their own, fullest first. */
export function CappedKeys({ keys }: { keys: Spending["keys"] }) {
  return (
    <div className="border-t p-5 sm:col-span-2">
      <h3 className="text-muted">Keys with a cap</h3>
      <ul className="mt-2 grid gap-x-10 gap-y-4 sm:grid-cols-2">
        {keys.map(({ id, name, cap_micros, spent_micros, reserved_micros }) => (
          <li key={id} className="min-w-0">
            <p className="flex items-baseline justify-between gap-4">
              <span className="truncate font-medium">{name}</span>
              <span className="num shrink-0 text-muted">
                {formatMoney(spent_micros)} of {formatMoney(cap_micros)}
              </span>
            </p>
            <QuotaBands
              used={spent_micros}
              reserved={reserved_micros}
              limit={cap_micros}
              of={`the cap of ${name} spent`}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
