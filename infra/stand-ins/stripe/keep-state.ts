import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { emptyState, type State } from "./objects/objects";

const WRITE_EVERY_MS = 250;

export type KeptState = { state: State; changed(): void; flush(): void };

/** Keeps the stand-in's state in one JSON file across restarts; without a file, in memory only. */
export function keepState(file: string | undefined): KeptState {
  const state: State =
    file !== undefined && existsSync(file) ? complete(JSON.parse(readFileSync(file, "utf8"))) : emptyState();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    state,
    changed: () => {
      timer ??= setTimeout(flush, WRITE_EVERY_MS).unref();
    },
    flush,
  };
}

/** State of an older version, completed with newer fields. */
function complete(kept: Partial<State>): State {
  const state = { ...emptyState(), ...kept };
  for (const customer of Object.values(state.customers)) {
    const since = {
      address: null,
      phone: null,
      shipping: null,
      balance: 0,
      currency: null,
      delinquent: false,
      discount: null,
      tax_exempt: "none" as const,
      default_source: null,
      invoice_settings: { default_payment_method: null },
    };
    Object.assign(customer, { ...since, ...customer });
  }
  for (const subscription of Object.values(state.subscriptions)) {
    const since = {
      cancellation_details: { comment: null, feedback: null, reason: null },
      automatic_tax: { enabled: false, disabled_reason: null, liability: null },
      billing_mode: { type: "flexible" as const, flexible: { proration_discounts: "included" as const } },
      default_payment_method: null,
      discounts: [],
      pending_update: null,
    };
    Object.assign(subscription, { ...since, ...subscription });
  }
  for (const invoice of Object.values(state.invoices)) {
    const since = {
      collection_method: "charge_automatically" as const,
      auto_advance: true,
      due_date: null,
      starting_balance: 0,
      total_discount_amounts: [],
      total_taxes: [],
      discounts: [],
    };
    Object.assign(invoice, { ...since, ...invoice });
  }
  return state;
}
