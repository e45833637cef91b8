import type { Price, Product } from "../../objects/objects";
import type { World } from "../../world";
import { invalid } from "../failure";
import { type Fields, flag, group, integer, metadata, needed, text, texts } from "../form";
import { page, type Route } from "../route";

function unitPrice(input: Fields): Pick<Price, "unit_amount" | "unit_amount_decimal"> {
  const cents = integer(input, "unit_amount");
  if (cents !== undefined) return { unit_amount: cents, unit_amount_decimal: String(cents) };
  const unit_amount_decimal = needed(input, "unit_amount_decimal");
  if (!/^\d+(\.\d{1,12})?$/.test(unit_amount_decimal)) {
    throw invalid(`Invalid decimal: ${unit_amount_decimal}`, "unit_amount_decimal");
  }
  return { unit_amount: null, unit_amount_decimal };
}

function usage(world: World, recurring: Fields): Pick<Price["recurring"], "usage_type" | "meter"> {
  if (text(recurring, "usage_type") !== "metered") return { usage_type: "licensed", meter: null };
  const meter = world.find(world.state.meters, needed(recurring, "meter"), "billing.meter");
  return { usage_type: "metered", meter: meter.id };
}

export const priceRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/v1/products",
    parameters: ["Products.d.ts", "ProductCreateParams"],
    acts: ["id", "name", "active", "metadata", "unit_label"],
    serve: ({ world, input }) => {
      const id = text(input, "id") ?? world.id("prod");
      if (world.state.products[id] !== undefined) {
        throw invalid("Product already exists.", "id", "resource_already_exists");
      }
      const product: Product = {
        id,
        object: "product",
        created: world.now(),
        name: needed(input, "name"),
        active: flag(input, "active") ?? true,
        unit_label: text(input, "unit_label") ?? null,
        metadata: metadata(input),
        livemode: false,
      };
      world.state.products[id] = product;
      world.emit("product.created", product);
      return product;
    },
  },
  {
    method: "GET",
    path: "/v1/products/:id",
    parameters: ["Products.d.ts", "ProductRetrieveParams"],
    serve: ({ world, id }) => world.find(world.state.products, id, "product"),
  },
  {
    method: "POST",
    path: "/v1/products/:id",
    parameters: ["Products.d.ts", "ProductUpdateParams"],
    acts: ["name", "active", "metadata", "unit_label"],
    serve: ({ world, id, input }) => {
      const product = world.find(world.state.products, id, "product");
      product.name = text(input, "name") ?? product.name;
      product.active = flag(input, "active") ?? product.active;
      product.unit_label = text(input, "unit_label") ?? product.unit_label;
      product.metadata = metadata(input, product.metadata);
      world.emit("product.updated", product);
      return product;
    },
  },
  {
    method: "POST",
    path: "/v1/prices",
    parameters: ["Prices.d.ts", "PriceCreateParams"],
    acts: [
      "product",
      "currency",
      "unit_amount",
      "unit_amount_decimal",
      "recurring[interval]",
      "recurring[usage_type]",
      "recurring[meter]",
      "lookup_key",
      "transfer_lookup_key",
      "metadata",
    ],
    serve: ({ world, input }) => {
      const lookup_key = text(input, "lookup_key") ?? null;
      const holder = Object.values(world.state.prices).find((price) => price.lookup_key === lookup_key);
      if (lookup_key !== null && holder !== undefined) {
        if (flag(input, "transfer_lookup_key") !== true) {
          throw invalid(`A price already uses the lookup key '${lookup_key}'.`, "lookup_key");
        }
        holder.lookup_key = null;
      }
      const price: Price = {
        id: world.id("price"),
        object: "price",
        created: world.now(),
        product: world.find(world.state.products, needed(input, "product"), "product").id,
        currency: needed(input, "currency"),
        ...unitPrice(input),
        active: true,
        type: "recurring",
        recurring: { interval: "month", interval_count: 1, ...usage(world, group(input, "recurring")) },
        lookup_key,
        metadata: metadata(input),
        livemode: false,
      };
      if (needed(group(input, "recurring"), "interval") !== "month") {
        throw invalid("This stand-in knows monthly prices only.", "recurring[interval]");
      }
      world.state.prices[price.id] = price;
      world.emit("price.created", price);
      return price;
    },
  },
  {
    method: "GET",
    path: "/v1/prices",
    parameters: ["Prices.d.ts", "PriceListParams"],
    acts: ["lookup_keys", "active"],
    serve: (call) => {
      const keys = texts(call.input, "lookup_keys");
      const active = flag(call.input, "active");
      const found = Object.values(call.world.state.prices).filter(
        (price) =>
          (keys.length === 0 || (price.lookup_key !== null && keys.includes(price.lookup_key))) &&
          (active === undefined || price.active === active),
      );
      return page(call, found, "/v1/prices");
    },
  },
];
