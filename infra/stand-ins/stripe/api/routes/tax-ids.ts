import { group, text } from "../form";
import { page, type Route } from "../route";

const file = "TaxIds.d.ts";

export const taxIdRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/tax_ids",
    parameters: [file, "TaxIdListParams"],
    acts: ["owner[type]", "owner[customer]"],
    serve: (call) => {
      const owner = text(group(call.input, "owner"), "customer");
      const found = Object.values(call.world.state.tax_ids).filter(({ customer }) => customer === owner);
      return page(call, found, "/v1/tax_ids");
    },
  },
  {
    method: "DELETE",
    path: "/v1/tax_ids/:id",
    parameters: [file, "TaxIdDeleteParams"],
    serve: ({ world, id }) => {
      world.find(world.state.tax_ids, id, "tax_id");
      delete world.state.tax_ids[id];
      return { id, object: "tax_id", deleted: true };
    },
  },
];
