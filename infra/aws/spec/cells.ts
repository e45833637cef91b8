import { spec } from "./spec";

/** Where data of a cell may be. Nothing of a jurisdiction is ever stored, copied or promoted outside it. */
export type Jurisdiction = "us" | "eu";

export interface Region {
  name: string;
  jurisdiction: Jurisdiction;
  /** Its own part of 10.0.0.0/8: regions that are joined one day must not overlap. */
  cidr: string;
}

/** The specification's three, and one more, so that the EU has a standby inside the EU. */
export const regions = {
  "us-east-1": { name: "us-east-1", jurisdiction: "us", cidr: spec.network.cidr },
  "us-west-2": { name: "us-west-2", jurisdiction: "us", cidr: "10.1.0.0/16" },
  "eu-west-1": { name: "eu-west-1", jurisdiction: "eu", cidr: "10.2.0.0/16" },
  "eu-central-1": { name: "eu-central-1", jurisdiction: "eu", cidr: "10.3.0.0/16" },
} as const satisfies Record<string, Region>;

export type RegionName = keyof typeof regions;

/** A full installation with a home region: the one writer of its organizations' rows (ADR 82). */
export interface Cell {
  /** Part of API keys, host names and resource names. */
  code: string;
  /** What customers call its region. */
  label: string;
  home: RegionName;
  standby?: RegionName;
}

export type Role = "home" | "standby";

/** A cell in one of its two regions. */
export interface Placement {
  cell: Cell;
  region: Region;
  role: Role;
}

export const cells = {
  use1: { code: "use1", label: "US East", home: spec.regions.primary, standby: spec.regions.secondary },
  usw2: { code: "usw2", label: "US West", home: spec.regions.secondary, standby: spec.regions.primary },
  euw1: { code: "euw1", label: "European Union", home: spec.regions.gdpr, standby: "eu-central-1" },
} as const satisfies Record<string, Cell>;

export function placementsOf(all: readonly Cell[]): Placement[] {
  return all.flatMap((cell) => [
    { cell, region: regions[cell.home], role: "home" as const },
    ...(cell.standby === undefined
      ? []
      : [{ cell, region: regions[cell.standby], role: "standby" as const }]),
  ]);
}

export function regionsOf(all: readonly Cell[]): Region[] {
  return [...new Set(placementsOf(all).map(({ region }) => region))];
}

/** The zones are named, not looked up: synthesis needs no account. */
export function zonesOf(region: Region, count: number): string[] {
  return ["a", "b", "c"].slice(0, count).map((letter) => `${region.name}${letter}`);
}
