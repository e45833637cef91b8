import type { Meter } from "../../objects/objects";
import { invalid } from "../failure";
import { group, integer, needed, text } from "../form";
import { type ApiCall, page, type Route } from "../route";

const file = "Billing/Meters.d.ts";
const DAY = 86_400;
const HOUR = 3_600;
/** The oldest and the latest time an event may have, and how long its identifier is remembered. */
const OLDEST = 35 * DAY;
const AHEAD = 5 * 60;
const REMEMBERED = DAY;
/** Events that no period can bill any more are deleted. */
const KEPT = 100 * DAY;

export const meterRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/v1/billing/meters",
    parameters: [file, "Billing.MeterCreateParams"],
    acts: [
      "event_name",
      "display_name",
      "default_aggregation[formula]",
      "customer_mapping",
      "value_settings",
    ],
    serve: ({ world, input }) => {
      const event_name = needed(input, "event_name");
      if (Object.values(world.state.meters).some((meter) => meter.event_name === event_name)) {
        throw invalid(`There is already an active meter with event name ${event_name}.`, "event_name");
      }
      if (text(group(input, "default_aggregation"), "formula") !== "sum") {
        throw invalid("This stand-in knows sums only.", "default_aggregation[formula]");
      }
      const key = (name: string, otherwise: string) =>
        text(group(input, name), "event_payload_key") ?? otherwise;
      const meter: Meter = {
        id: world.id("mtr_test"),
        object: "billing.meter",
        created: world.now(),
        updated: world.now(),
        display_name: needed(input, "display_name"),
        event_name,
        event_time_window: null,
        status: "active",
        status_transitions: { deactivated_at: null },
        default_aggregation: { formula: "sum" },
        customer_mapping: {
          type: "by_id",
          event_payload_key: key("customer_mapping", "stripe_customer_id"),
        },
        value_settings: { event_payload_key: key("value_settings", "value") },
        livemode: false,
      };
      world.state.meters[meter.id] = meter;
      world.emit("billing.meter.created", meter);
      return meter;
    },
  },
  {
    method: "GET",
    path: "/v1/billing/meters",
    parameters: [file, "Billing.MeterListParams"],
    acts: ["status"],
    serve: (call) => {
      const status = text(call.input, "status");
      const found = Object.values(call.world.state.meters).filter(
        (meter) => status === undefined || meter.status === status,
      );
      return page(call, found, "/v1/billing/meters");
    },
  },
  {
    method: "GET",
    path: "/v1/billing/meters/:id/event_summaries",
    parameters: [file, "Billing.MeterListEventSummariesParams"],
    acts: ["customer", "start_time", "end_time", "value_grouping_window"],
    serve: summarize,
  },
  {
    method: "POST",
    path: "/v1/billing/meter_events",
    parameters: ["Billing/MeterEvents.d.ts", "Billing.MeterEventCreateParams"],
    acts: ["event_name", "payload", "identifier", "timestamp"],
    serve: takeEvent,
  },
];

function takeEvent({ world, input }: ApiCall): object {
  const event_name = needed(input, "event_name");
  const meter = Object.values(world.state.meters).find(
    (one) => one.event_name === event_name && one.status === "active",
  );
  if (meter === undefined) throw invalid(`No active meter found for event name ${event_name}.`, "event_name");
  const payload = group(input, "payload");
  const customer = needed(payload, meter.customer_mapping.event_payload_key);
  const value = needed(payload, meter.value_settings.event_payload_key);
  if (!/^-?\d{1,15}$/.test(value)) throw invalid("The value must be a whole number.", "payload[value]");
  // Real time, because the caller's clock does not know that this one was moved on.
  const now = Math.floor(Date.now() / 1_000);
  const timestamp = integer(input, "timestamp") ?? now;
  if (timestamp < now - OLDEST) {
    throw invalid("The timestamp must be within the past 35 days.", "timestamp", "timestamp_too_far_in_past");
  }
  if (timestamp > now + AHEAD) {
    throw invalid("The timestamp lies in the future.", "timestamp", "timestamp_in_future");
  }
  const identifier = text(input, "identifier") ?? world.id("mev");
  const { meter_events } = world.state;
  const known = meter_events.some(
    (event) => event.identifier === identifier && event.created > world.now() - REMEMBERED,
  );
  if (known) throw invalid(`An event already exists with identifier ${identifier}.`, "identifier");
  const created = world.now();
  meter_events.push({
    identifier,
    meter: meter.id,
    customer,
    value: Number(value),
    timestamp,
    at: timestamp + world.state.ahead,
    created,
  });
  world.state.meter_events = meter_events.filter(({ at }) => at > created - KEPT);
  return {
    object: "billing.meter_event",
    created,
    event_name,
    identifier,
    livemode: false,
    payload,
    timestamp,
  };
}

/** Sums by day, by hour, or over the whole range, by the caller's clock. */
function summarize({ world, id, input }: ApiCall): object {
  const meter = world.find(world.state.meters, id, "billing.meter");
  const customer = needed(input, "customer");
  const window = text(input, "value_grouping_window");
  const [start, end] = [Number(needed(input, "start_time")), Number(needed(input, "end_time"))];
  const unit = window === "day" ? DAY : window === "hour" ? HOUR : 60;
  if (start % unit !== 0 || end % unit !== 0 || end <= start) {
    throw invalid("start_time and end_time must be aligned with the window's boundaries.", "start_time");
  }
  const width = window === undefined ? end - start : unit;
  const sums = new Map<number, number>();
  for (const event of world.state.meter_events) {
    const fits = event.meter === meter.id && event.customer === customer;
    if (!fits || event.timestamp < start || event.timestamp >= end) continue;
    const from = event.timestamp - ((event.timestamp - start) % width);
    sums.set(from, (sums.get(from) ?? 0) + event.value);
  }
  const data = [...sums]
    .sort(([a], [b]) => b - a)
    .map(([from, aggregated_value]) => ({
      id: `mtrusg_${meter.id}_${from}`,
      object: "billing.meter_event_summary",
      aggregated_value,
      start_time: from,
      end_time: from + width,
      meter: meter.id,
      livemode: false,
    }));
  return { object: "list", url: `/v1/billing/meters/${id}/event_summaries`, has_more: false, data };
}
