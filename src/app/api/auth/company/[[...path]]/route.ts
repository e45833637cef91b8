import { handleCompanySignIn } from "@/server/auth/company/handle-company-sign-in";

export const dynamic = "force-dynamic";

export { handleCompanySignIn as GET, handleCompanySignIn as POST };
