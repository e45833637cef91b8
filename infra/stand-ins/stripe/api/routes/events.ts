import { invalid } from "../failure";
import { group, integer, text, texts } from "../form";
import { page, type Route } from "../route";

export const eventRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/events",
    parameters: ["Events.d.ts", "EventListParams"],
    acts: ["created", "type", "types"],
    serve: (call) => {
      const range = group(call.input, "created");
      const at = integer(call.input, "created");
      const from = at ?? integer(range, "gte") ?? (integer(range, "gt") ?? -1) + 1;
      const to = at ?? integer(range, "lte") ?? (integer(range, "lt") ?? Number.MAX_SAFE_INTEGER) - 1;
      const type = text(call.input, "type");
      const types = type === undefined ? texts(call.input, "types") : [type];
      if (types.length > 20) throw invalid("You may pass at most 20 types.", "types");
      const found = Object.values(call.world.state.events).filter(
        (event) =>
          event.created >= from && event.created <= to && (types.length === 0 || types.includes(event.type)),
      );
      return page(call, found, "/v1/events");
    },
  },
  {
    method: "GET",
    path: "/v1/events/:id",
    parameters: ["Events.d.ts", "EventRetrieveParams"],
    serve: ({ world, id }) => world.find(world.state.events, id, "event"),
  },
];
