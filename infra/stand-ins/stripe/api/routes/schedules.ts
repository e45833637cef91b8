import { itemOf, monthAfter, releaseSchedule, sellPhase } from "../../billing";
import type { Phase, PhaseItem, Schedule } from "../../objects/objects";
import type { World } from "../../world";
import { invalid } from "../failure";
import { type Fields, group, groups, integer, metadata, needed, text } from "../form";
import type { Route } from "../route";

const file = "SubscriptionSchedules.d.ts";

export const scheduleRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/v1/subscription_schedules",
    parameters: [file, "SubscriptionScheduleCreateParams"],
    acts: ["from_subscription", "phases", "metadata"],
    serve: ({ world, input }) => {
      const id = needed(input, "from_subscription");
      const subscription = world.named(world.state.subscriptions, id, {
        kind: "subscription",
        param: "from_subscription",
      });
      if (subscription.status === "canceled") {
        throw invalid(
          "You cannot migrate a subscription that is in the `canceled` state to a subscription schedule.",
          "from_subscription",
        );
      }
      if (subscription.schedule !== null) {
        throw invalid(
          "You cannot migrate a subscription that is already attached to a schedule.",
          "from_subscription",
        );
      }
      if (groups(input, "phases").length > 0) {
        throw invalid("You cannot set `phases` if `from_subscription` is set.", "phases");
      }
      const item = itemOf(world, subscription);
      const current = { start_date: item.current_period_start, end_date: item.current_period_end };
      const schedule: Schedule = {
        id: world.id("sub_sched"),
        object: "subscription_schedule",
        created: world.now(),
        customer: subscription.customer,
        subscription: subscription.id,
        released_subscription: null,
        status: "active",
        current_phase: current,
        phases: [{ ...current, items: subscription.items.data.map(phaseItem), discounts: [], metadata: {} }],
        end_behavior: subscription.cancel_at !== null ? "cancel" : "release",
        released_at: null,
        metadata: metadata(input),
        livemode: false,
      };
      world.state.schedules[schedule.id] = schedule;
      subscription.schedule = schedule.id;
      world.emit("subscription_schedule.created", schedule);
      world.emit("customer.subscription.updated", subscription);
      return schedule;
    },
  },
  {
    method: "GET",
    path: "/v1/subscription_schedules/:id",
    parameters: [file, "SubscriptionScheduleRetrieveParams"],
    serve: ({ world, id }) => world.find(world.state.schedules, id, "subscription_schedule"),
  },
  {
    method: "POST",
    path: "/v1/subscription_schedules/:id",
    parameters: [file, "SubscriptionScheduleUpdateParams"],
    acts: [
      "phases[items][price]",
      "phases[items][quantity]",
      "phases[start_date]",
      "phases[end_date]",
      "phases[duration]",
      "phases[metadata]",
      "phases[proration_behavior]",
      "phases[discounts]",
      "end_behavior",
      "proration_behavior",
      "metadata",
    ],
    serve: ({ world, id, input }) => {
      const schedule = world.find(world.state.schedules, id, "subscription_schedule");
      if (schedule.status !== "active") throw invalid("Only an active schedule can be updated.");
      const phases = readPhases(world, groups(input, "phases"));
      if (phases[0] !== undefined && phases[0].start_date !== schedule.current_phase?.start_date) {
        throw invalid("You can not modify the start date of the current phase.", "phases[0][start_date]");
      }
      if (phases.length > 0) schedule.phases = phases;
      // The current phase takes effect at once.
      const running =
        schedule.subscription === null ? undefined : world.state.subscriptions[schedule.subscription];
      if (running !== undefined && phases[0] !== undefined) {
        sellPhase(world, running, phases[0].items);
        world.emit("customer.subscription.updated", running);
      }
      schedule.end_behavior = text(input, "end_behavior") ?? schedule.end_behavior;
      schedule.metadata = metadata(input, schedule.metadata);
      world.emit("subscription_schedule.updated", schedule);
      return schedule;
    },
  },
  {
    method: "POST",
    path: "/v1/subscription_schedules/:id/release",
    parameters: [file, "SubscriptionScheduleReleaseParams"],
    serve: ({ world, id }) => {
      const schedule = world.find(world.state.schedules, id, "subscription_schedule");
      if (schedule.status !== "active") {
        throw invalid(`You cannot release a subscription schedule that is ${schedule.status}.`);
      }
      releaseSchedule(world, schedule);
      return schedule;
    },
  },
];

const phaseItem = ({ price, quantity }: PhaseItem): PhaseItem =>
  quantity === undefined ? { price } : { price, quantity };

function readItem(world: World, fields: Fields, where: string): PhaseItem {
  const price = world.price(needed(fields, "price")).id;
  const quantity = integer(fields, "quantity");
  if (!world.isMetered(price)) return { price, quantity: quantity ?? 1 };
  if (quantity !== undefined) throw invalid("A metered price takes no quantity.", `${where}[quantity]`);
  return { price };
}

function readPhases(world: World, given: Fields[]): Phase[] {
  const phases: Phase[] = [];
  for (const [index, fields] of given.entries()) {
    const start_date = integer(fields, "start_date") ?? phases.at(-1)?.end_date;
    if (start_date === undefined || (index > 0 && start_date !== phases.at(-1)?.end_date)) {
      throw invalid("A phase starts where the one before it ends.", `phases[${index}][start_date]`);
    }
    const months = integer(group(fields, "duration"), "interval_count") ?? 1;
    let end_date = integer(fields, "end_date") ?? start_date;
    if (end_date === start_date) {
      for (let month = 0; month < months; month++) end_date = monthAfter(start_date, end_date);
    }
    const items = groups(fields, "items").map((item, at) =>
      readItem(world, item, `phases[${index}][items][${at}]`),
    );
    phases.push({ start_date, end_date, items, discounts: [], metadata: metadata(fields) });
  }
  return phases;
}
