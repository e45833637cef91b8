export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string | undefined;
}

/** What is wrong with a resource that CloudFormation's validators let pass, or nothing. */
export type Law = (properties: Record<string, unknown>) => string | undefined;
