import { z } from "zod";
import { AppError } from "../errors";
import { instantSchema } from "../schemas/instant";

export const listOrders = ["desc", "asc"] as const;
export type ListOrder = (typeof listOrders)[number];

/** Half-open, so that adjacent ranges contain every item exactly once. */
export const createdSchema = z
  .strictObject({
    gte: instantSchema.optional().meta({ description: "At this time or later." }),
    lt: instantSchema.optional().meta({ description: "Before this time." }),
  })
  .optional()
  .meta({
    description: "Only items created in this period: `created[gte]=2026-11-01T00:00:00Z&created[lt]=…`.",
    param: { style: "deepObject", explode: true },
  });

/** The query fields of every list. A list adds filters of its own. */
export function listFields(pageSize: number) {
  return {
    limit: z.int().min(1).max(100).default(pageSize).meta({ description: "The most items on one page." }),
    cursor: z.string().optional().meta({
      description:
        "`next_cursor` from the previous page, unchanged. It works only with the same filters and order.",
    }),
    order: z.enum(listOrders).default("desc").meta({ description: "`desc` lists the newest first." }),
    created: createdSchema,
  };
}

export interface ListQuery {
  limit: number;
  cursor?: string | undefined;
  order?: ListOrder | undefined;
  created?: { gte?: string | undefined; lt?: string | undefined } | undefined;
}

/** One page of a list: the response of every list. */
export function listSchema<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    data: z.array(item),
    next_cursor: z.string().nullable().meta({ description: "Null on the last page." }),
  });
}

const deprecated = (instead: string) =>
  instantSchema.optional().meta({
    deprecated: true,
    param: { deprecated: true },
    description: `The old name of \`${instead}\`.`,
  });

/** Names of the previous release; the next one drops them. */
export const oldCreatedFields = {
  created_after: deprecated("created[gte]"),
  created_before: deprecated("created[lt]"),
};

/** The query with old names replaced by new ones. @throws AppError when both names of a field are given. */
export function withOldCreated<Query extends ListQuery>({
  created_after,
  created_before,
  ...query
}: Query & { created_after?: string | undefined; created_before?: string | undefined }): ListQuery &
  Omit<Query, "created_after" | "created_before"> {
  const created: NonNullable<ListQuery["created"]> = { ...query.created };
  const pairs = [
    ["created_after", "gte", created_after],
    ["created_before", "lt", created_before],
  ] as const;
  for (const [old, bound, value] of pairs) {
    if (value === undefined) continue;
    if (created[bound] !== undefined) {
      throw new AppError("invalid_request", {
        public: `${old} is the old name of created[${bound}]. Send only one of them.`,
        param: old,
      });
    }
    created[bound] = value;
  }
  return Object.keys(created).length === 0 ? query : { ...query, created };
}
