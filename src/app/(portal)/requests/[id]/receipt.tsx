import { formatCount } from "@/components/format/count";
import { formatMoney } from "@/components/format/money";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import type { Detail } from "./detail";

interface Line {
  what: string;
  tokens: number;
  price: number;
}

/** The tokens by class, each at the price of the day it ran, and what that makes. */
export function Receipt({ request: { usage, receipt, environment, status } }: { request: Detail }) {
  if (!receipt) return null;
  const lines: Line[] = usage
    ? [
        {
          what: "Input",
          tokens: usage.input_tokens - usage.cached_input_tokens,
          price: receipt.input_price_per_million_micros,
        },
        {
          what: "Cached input",
          tokens: usage.cached_input_tokens,
          price: receipt.cached_input_price_per_million_micros,
        },
        { what: "Output", tokens: usage.output_tokens, price: receipt.output_price_per_million_micros },
      ].filter(({ tokens }) => tokens > 0)
    : [];
  return (
    <Card>
      <CardHeader>
        <CardTitle>Tokens and cost</CardTitle>
      </CardHeader>
      <CardBody className="grid gap-3">
        {lines.length > 0 && (
          <table className="w-full text-left">
            <caption className="sr-only">Tokens by class with their price</caption>
            <thead className="sr-only">
              <tr>
                <th scope="col">Class</th>
                <th scope="col">Tokens</th>
                <th scope="col">Price per million</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ what, tokens, price }) => (
                <tr key={what}>
                  <th scope="row" className="py-1 font-normal text-muted">
                    {what}
                  </th>
                  <td className="py-1 text-right">{formatCount(tokens)}</td>
                  <td className="py-1 text-right text-muted">× {formatMoney(price)}/M</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {usage && usage.reasoning_tokens > 0 && (
          <p className="text-[13px] text-muted">
            Output includes {formatCount(usage.reasoning_tokens)} tokens of reasoning.
          </p>
        )}
        <p className="flex items-baseline justify-between border-t pt-3 first:border-0 first:pt-0">
          <span className="text-muted">Cost</span>
          <span className="num font-semibold text-lg">{formatMoney(receipt.cost_micros)}</span>
        </p>
        {!receipt.billable && (
          <p className="text-[13px] text-muted">
            {environment === "test" && status === "completed"
              ? "Not billed: it ran in the test environment."
              : "Not billed: only completed live requests are."}
          </p>
        )}
        <p className="text-[13px] text-muted">Price version {receipt.price_version}</p>
      </CardBody>
    </Card>
  );
}
