import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { Select } from "@/components/ui/fields/select";
import { toast } from "@/components/ui/toasts/toast-store";
import { roles as roleWords } from "@/shared/permissions";
import { readFailure } from "../../../../_client/failure";
import { useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import type { DirectoryGroup } from "../_lib/company-types";

const builtIn = ["admin", "developer", "billing", "viewer"] as const;
const NONE = "none";

/** Which role each group of the directory stands for. */
export function GroupRoles({ available }: { available: boolean }) {
  const trpc = useTRPC();
  const list = useQuery(trpc.directory.groups.queryOptions({ limit: 100 }));
  const custom = useQuery(trpc.roles.list.queryOptions({ limit: 50 }));
  const groups = list.data?.data ?? [];
  return (
    <div className="grid grid-cols-1 gap-3 pt-3">
      <h3 className="font-medium">Roles by group</h3>
      <p className="text-[13px] text-muted">
        A person in several groups has the highest of their roles. A person in none has the role of new
        members, or Viewer while no identity provider is connected. Owners stay owners.
      </p>
      {list.isPending && <ListSkeleton label="Loading your groups" rows={2} />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your groups" />}
      {groups.length > 0 && (
        <ul aria-label="Groups" className="divide-y rounded-lg border bg-surface">
          {groups.map((group) => (
            <GroupRow key={group.id} group={group} available={available} custom={custom.data?.data ?? []} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface GroupRowProps {
  group: DirectoryGroup;
  available: boolean;
  custom: readonly { id: string; name: string }[];
}

function GroupRow({ group, available, custom }: GroupRowProps) {
  const { id, name, members, role, custom_role: customRole } = group;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const set = useMutation(
    trpc.directory.setGroupRole.mutationOptions({
      onSuccess: () => {
        toast(`Role of ${name} changed`, { tone: "good" });
        return queryClient.invalidateQueries(trpc.directory.pathFilter());
      },
      onError: (error) =>
        toast("Couldn’t change the role", { description: readFailure(error).message, tone: "danger" }),
    }),
  );
  // What was chosen stays while it is sent.
  const chosen = set.isPending ? (set.variables.role ?? NONE) : (customRole?.id ?? role ?? NONE);
  // Its own name is known before the list of roles is.
  const others = custom.filter((one) => one.id !== customRole?.id);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 p-4">
      <div className="min-w-0 flex-1 basis-40">
        <p className="break-words font-medium">{name}</p>
        <p className="text-[13px] text-muted">{members === 1 ? "1 person" : `${members} people`}</p>
      </div>
      <Select
        aria-label={`Role of ${name}`}
        className="w-44"
        value={chosen}
        disabled={!available || set.isPending}
        onChange={({ currentTarget: { value } }) =>
          set.mutate({ id, role: builtIn.find((one) => one === value) ?? (value === NONE ? null : value) })
        }
      >
        <option value={NONE}>No role</option>
        {builtIn.map((one) => (
          <option key={one} value={one}>
            {roleWords[one].label}
          </option>
        ))}
        {[...(customRole === null ? [] : [customRole]), ...others].map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </Select>
    </li>
  );
}
