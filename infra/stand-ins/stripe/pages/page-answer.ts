export type PageAnswer =
  | { status: 200 | 404; html: string }
  | { status: 200; pdf: Buffer }
  | { status: 303; location: string };
