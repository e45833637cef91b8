import { router } from "../../trpc";
import { emailLinkProcedures } from "./email-links";
import { signInProcedures } from "./sign-in";

export const authRouter = router({ ...signInProcedures, ...emailLinkProcedures });
