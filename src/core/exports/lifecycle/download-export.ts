import { toDay } from "../../../shared/time";
import { actorOf, recordAuditIn } from "../../audit";
import { readMemberRights } from "../../orgs";
import { AppError, type Clock, type Db, systemClock, toPublicId, type UserPrincipal } from "../../platform";
import { constantTimeEqual, sha256 } from "../../platform/crypto/hash";
import { decryptStream } from "../../platform/crypto/stream";
import { type Storage, storage } from "../../platform/storage";
import { decryptText } from "../../privacy";
import type { ExportSubject } from "../archive/write-archive";
import type { DownloadExportInput, ExportFile } from "../schemas";
import { fileKeyField, fileOf, filePurpose } from "./export-rows";

/**
 * The file behind an emailed link, decrypted as it is read. Two things are needed: the session of the person who asked, and
 * the link. A person who has since lost the role that an organization's export takes cannot download it any more.
 * @throws AppError `not_found`, the same for a wrong person, a wrong token, and an export that expired or never was.
 */
export async function downloadExport(
  db: Db,
  {
    principal,
    input,
    signal,
  }: { principal: UserPrincipal; input: DownloadExportInput; signal?: AbortSignal },
  { store = storage(), clock = systemClock }: { store?: Pick<Storage, "getStream">; clock?: Clock } = {},
): Promise<ExportFile> {
  const found = await db.dataExport.findFirst({
    where: {
      id: input.id,
      requestedBy: principal.userId,
      status: "ready",
      expiresAt: { gt: clock.now() },
    },
    select: {
      id: true,
      subjectType: true,
      subjectId: true,
      orgId: true,
      tokenHash: true,
      keyCipher: true,
      finishedAt: true,
    },
  });
  const { tokenHash, keyCipher } = found ?? {};
  if (found === null || !tokenHash || !keyCipher) throw noSuchExport();
  if (!constantTimeEqual(tokenHash, sha256(input.token))) throw noSuchExport();
  const subject: ExportSubject = { type: found.subjectType === "org" ? "org" : "user", id: found.subjectId };
  if (subject.type === "org" && !(await stillManages(db, subject.id, principal.userId))) throw noSuchExport();
  const key = Buffer.from(await decryptText(db, subject, fileKeyField(found.id), keyCipher), "base64");
  const file = await store.getStream(fileOf(subject, found.id), signal ? { signal } : {});
  if (file === undefined) throw noSuchExport();
  await db.$transaction((tx) =>
    recordAuditIn(tx, {
      orgId: found.orgId,
      actor: actorOf(principal),
      action: "data.export_downloaded",
      target: { type: subject.type === "org" ? "organization" : "user", id: subject.id },
      details: { export: toPublicId("exp", found.id) },
    }),
  );
  return {
    filename: `agathaai-${subject.type === "org" ? "organization" : "person"}-${toDay(found.finishedAt ?? clock.now())}.zip`,
    pieces: decryptStream(key, file, filePurpose(found.id)),
  };
}

async function stillManages(db: Db, orgId: string, userId: string): Promise<boolean> {
  return (await readMemberRights(db, { orgId, userId }))?.scopes.has("members:write") ?? false;
}

function noSuchExport(): AppError {
  return new AppError("not_found", {
    public: "This export has expired, its link was replaced by a newer one, or another person requested it.",
    param: "id",
  });
}
