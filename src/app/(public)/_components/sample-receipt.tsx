import { Card, CardBody, CardHeader } from "@/components/ui/card";
import type { SampleReceipt as Receipt } from "@/server/sample-receipt";
import { formatCount, formatTokens } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";

interface SampleReceiptProps {
  receipt: Receipt;
  requestId: string;
  model: string;
}

/** What one call cost, as the portal shows it. */
export function SampleReceipt({
  receipt: { lines, cost, held, released },
  requestId,
  model,
}: SampleReceiptProps) {
  const settled = [
    ["Held before it ran", held],
    ["Used", cost],
    ["Released", released],
  ] as const;
  return (
    <Card aria-label="A receipt" className="min-w-0">
      <CardHeader className="flex-wrap gap-y-0 px-5">
        <h3 className="font-semibold">{model}</h3>
        <code className="min-w-0 truncate text-[13px] text-muted">{requestId}</code>
      </CardHeader>
      <CardBody className="grid gap-3 p-5">
        <table className="w-full text-left">
          <caption className="sr-only">Tokens by class, their price and what they cost</caption>
          <thead className="sr-only">
            <tr>
              <th scope="col">Class</th>
              <th scope="col">Tokens</th>
              <th scope="col">Price per million</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ what, tokens, pricePerMillionMicros, micros }) => (
              <tr key={what}>
                <th scope="row" className="py-1 font-normal text-muted">
                  {what}
                </th>
                <td className="py-1 text-right">{formatCount(tokens)}</td>
                <td className="py-1 pl-2 text-right text-muted">× {formatMoney(pricePerMillionMicros)}/M</td>
                <td className="py-1 pl-2 text-right">{formatMoney(micros)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="flex items-baseline justify-between border-t pt-3">
          <span className="text-muted">Cost</span>
          <span className="num font-semibold text-lg">{formatMoney(cost.micros)}</span>
        </p>
        <dl className="num grid gap-1 border-t pt-3 text-[13px]">
          {settled.map(([term, { tokens, micros }]) => (
            <div key={term} className="flex justify-between gap-4">
              <dt className="text-muted">{term}</dt>
              <dd className="text-right">
                {formatTokens(tokens)} · {formatMoney(micros)}
              </dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}
