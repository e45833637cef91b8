import { Stack, type StackProps, Tags } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { Config, RegionConfig } from "../config/config";
import type { Placement, Region } from "../spec/cells";
import { type Names, namesOf } from "../spec/names";

export interface RegionProps {
  config: Config;
  region: Region;
}

export interface CellProps {
  config: Config;
  placement: Placement;
}

/** A stack of one region, whatever cells are there. */
export class RegionStack extends Stack {
  protected readonly config: Config;
  protected readonly where: Region;
  protected readonly names: Names;

  constructor(scope: Construct, kind: string, { config, region }: RegionProps, props: StackProps = {}) {
    const { profile, account } = config;
    super(scope, `${profile.name}-${region.name}-${kind}`, {
      ...props,
      env: { account, region: region.name },
      crossRegionReferences: false,
      // Nobody deletes the data's stacks by a wrong command.
      terminationProtection: profile.keepsData,
    });
    this.config = config;
    this.where = region;
    this.names = namesOf(profile.name, account);
    Tags.of(this).add("product", "agathaai");
    Tags.of(this).add("profile", profile.name);
    Tags.of(this).add("jurisdiction", region.jurisdiction);
  }

  protected get made(): RegionConfig {
    const made = this.config.regions[this.where.name];
    if (made === undefined) throw new Error(`no configuration of ${this.where.name}`);
    return made;
  }
}

/** A stack of one cell in one of its two regions. */
export class CellStack extends RegionStack {
  protected readonly placement: Placement;

  constructor(scope: Construct, kind: string, { config, placement }: CellProps, props: StackProps = {}) {
    super(
      scope,
      `${placement.cell.code}-${placement.role}-${kind}`,
      { config, region: placement.region },
      props,
    );
    this.placement = placement;
    Tags.of(this).add("cell", placement.cell.code);
  }

  protected get isHome(): boolean {
    return this.placement.role === "home";
  }

  protected get dataKeyArn(): string {
    const id = this.config.keys[this.placement.cell.code];
    if (id === undefined) throw new Error(`no key of cell ${this.placement.cell.code}`);
    return this.names.dataKeyArn(this.placement, id);
  }
}
