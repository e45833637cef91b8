import type { ReactNode } from "react";
import { Card, CardBody } from "@/components/ui/card";

export type Fact = readonly [term: string, value: ReactNode];

/** Facts about one object, as terms and values. */
export function FactCard({ facts }: { facts: readonly Fact[] }) {
  return (
    <Card>
      <CardBody>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2">
          {facts.map(([term, value]) => (
            <div key={term} className="contents">
              <dt className="text-muted">{term}</dt>
              <dd className="break-words text-right [&_code]:break-all [&_code]:text-[13px]">{value}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}
