import type { ReactNode } from "react";
import { ExactTime, RelativeTime } from "@/components/format/relative-time";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { describeSeconds } from "../../_lib/cache-time";
import type { Key } from "../../_lib/key";
import { describeScopes } from "../../_lib/scope-choices";

/** What the key may do, in full. */
export function KeyLimits({ apiKey }: { apiKey: Key }) {
  const { models, ip_allowlist, rpm_limit, monthly_cap_micros, expires_at, scopes, cache_ttl_seconds } =
    apiKey;
  const limits: [string, ReactNode][] = [
    ["Monthly cap", monthly_cap_micros === null ? "None" : formatMoney(monthly_cap_micros)],
    ["Requests per minute", rpm_limit === null ? "Plan limit" : formatCount(rpm_limit)],
    [
      "Expires",
      expires_at === null ? (
        "Never"
      ) : (
        <span key="expires" className="grid">
          <RelativeTime iso={expires_at} />
          <ExactTime iso={expires_at} className="text-[13px] text-muted" />
        </span>
      ),
    ],
    ["IP addresses", ip_allowlist.length === 0 ? "Any" : <CodeList key="addresses" items={ip_allowlist} />],
    ["Models", models.length === 0 ? "All" : <CodeList key="models" items={models} />],
    [
      "Response cache",
      cache_ttl_seconds === null ? "Off unless a request asks" : describeSeconds(cache_ttl_seconds),
    ],
    [
      "Permissions",
      <ul key="scopes" className="grid gap-0.5">
        {describeScopes(scopes).map(({ name, level }) => (
          <li key={name}>
            {name} <span className="text-muted">{level}</span>
          </li>
        ))}
      </ul>,
    ],
  ];
  return (
    <Card aria-labelledby="key-limits">
      <CardHeader>
        <CardTitle id="key-limits">Limits</CardTitle>
      </CardHeader>
      <CardBody>
        <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-[10rem_minmax(0,1fr)]">
          {limits.map(([term, value]) => (
            <div key={term} className="grid gap-0.5 sm:contents">
              <dt className="text-muted">{term}</dt>
              <dd className="num min-w-0 break-words">{value}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}

function CodeList({ items }: { items: readonly string[] }) {
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5">
      {items.map((item) => (
        <li key={item}>
          <code className="break-all text-[13px]">{item}</code>
        </li>
      ))}
    </ul>
  );
}
