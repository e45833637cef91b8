import { group, integer, text, texts } from "../form";
import { page, type Route } from "../route";

export const eventRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/events",
    parameters: ["Events.d.ts", "EventListParams"],
    serve: (call) => {
      const from = integer(group(call.input, "created"), "gte") ?? 0;
      const type = text(call.input, "type");
      const types = type === undefined ? texts(call.input, "types") : [type];
      const found = Object.values(call.world.state.events).filter(
        (event) => event.created >= from && (types.length === 0 || types.includes(event.type)),
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
