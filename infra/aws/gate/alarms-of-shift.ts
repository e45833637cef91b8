import { type AlarmRow, alarmsOf } from "../parts/alarms/alarms";
import { type ProfileName, profiles } from "../spec/profiles";

const NAME = /^(?<cell>agathaai-(?<profile>[a-z]+)-[a-z0-9]+-(?<role>home|standby))-(?:standard|enterprise)$/;

/** CPU, storage and a copy's lag say nothing of a version; an old queue or a batch that was thrown away does. */
function saysSomethingOfAVersion({ source, severity }: AlarmRow): boolean {
  switch (source.of) {
    case "errors":
    case "latency":
    case "age":
      return severity === "critical";
    case "function":
      // No room, or a batch that takes long, is the account's or a model's; a version that hangs is cut off, an error.
      return source.figure === "Errors";
    case "queue":
      return source.queue === "deadLetter";
    default:
      return false;
  }
}

/**
 * The names of the alarms that take a function's new version back, as the cell's operations stack names them.
 * @throws Error where no function of a profile has this name.
 */
export function alarmsOfShift(functionName: string): string[] {
  const { cell, profile, role } = NAME.exec(functionName)?.groups ?? {};
  if (profile === undefined || !isProfile(profile) || (role !== "home" && role !== "standby"))
    throw new Error(`${functionName} is no function of a cell`);
  return alarmsOf({ profile: profiles[profile] }, role)
    .filter(saysSomethingOfAVersion)
    .map(({ name }) => `${cell}-${name}`);
}

const isProfile = (name: string): name is ProfileName => Object.hasOwn(profiles, name);
