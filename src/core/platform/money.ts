const whole = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const fine = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
});

/** Micro-dollars for people, in mails and errors: `$12.00`, and every digit of what is no whole cent: `$0.000125`. */
export function formatMicros(micros: number | bigint): string {
  const amount = Number(micros);
  return (amount % 10_000 === 0 ? whole : fine).format(amount / 1_000_000);
}
