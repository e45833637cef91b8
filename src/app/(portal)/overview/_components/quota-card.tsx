import { QuotaGauge } from "@/components/charts/quota-gauge";
import { Badge } from "@/components/ui/badge";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { formatCount } from "@/shared/format/count";
import type { Overview } from "../_lib/quota-labels";
import {
  gaugeLabel,
  outlookOf,
  projectedShare,
  resetDay,
  usedPercent,
  usedShare,
} from "../_lib/quota-labels";

/** Tokens of the current period: used, held and projected. */
export function QuotaCard({ overview: { quota, plan } }: { overview: Overview }) {
  const percent = usedPercent(quota);
  return (
    <Card className="flex flex-col">
      <CardHeader>
        <CardTitle>Tokens this month</CardTitle>
        <Badge className="capitalize">{plan}</Badge>
      </CardHeader>
      <div className="flex flex-1 items-center gap-5 p-5">
        <QuotaGauge
          share={usedShare(quota)}
          projected={projectedShare(quota)}
          label={gaugeLabel(quota)}
          className="w-28 shrink-0 sm:w-36"
        />
        <div className="min-w-0">
          <p className="num font-semibold text-2xl tracking-tight">{formatCount(quota.used)}</p>
          <p className="num text-muted">
            {quota.limit === null ? "Unlimited" : `of ${formatCount(quota.limit)}`}
            {percent !== null && ` · ${percent}`}
          </p>
          <p className="mt-3 text-[13px] text-muted">
            {outlookOf(quota)} Resets on {resetDay(quota)} (UTC).
          </p>
          {quota.reserved > 0 && (
            <p className="num mt-1 text-[13px] text-muted">
              {formatCount(quota.reserved)} held for running requests
            </p>
          )}
        </div>
      </div>
    </Card>
  );
}
