import { alibabaDedicatedKms } from './alibaba-dedicated-kms.js'
import { alibabaEcsMetadata } from './alibaba-ecs-metadata.js'
import { alibabaKms } from './alibaba-kms.js'
import { alibabaOpenApi } from './alibaba-open-api.js'
import { alibabaOss } from './alibaba-oss.js'
import { alibabaSts } from './alibaba-sts.js'
import { authenticateClientSurface } from './authenticate-client.js'
import { control } from './control.js'
import { echo } from './echo.js'
import { identity } from './identity.js'
import { identityDomainAdmin } from './identity-domain-admin.js'
import { identityDomainToken } from './identity-domain-token.js'
import { identityPolicies } from './identity-policies.js'
import { identityProviderSurface } from './identity-provider.js'
import { infisical } from './infisical.js'
import { instanceMetadata } from './instance-metadata.js'
import { objectStorage } from './object-storage.js'
import { okeProxymux } from './oke-proxymux.js'
import { resourcePrincipalSession } from './resource-principal-session.js'
import { resourcePrincipalToken } from './resource-principal-token.js'
import { scopedToken } from './scoped-token.js'
import type { Surface } from './surface.js'
import { userSession } from './user-session.js'
import { vault } from './vault.js'
import { x509Federation } from './x509-federation.js'

/** Every built-in endpoint, in the order in which they are asked. A new one is one file and one line here. */
export const allSurfaces: readonly Surface[] = [
  control,
  alibabaOss,
  alibabaDedicatedKms,
  alibabaKms,
  alibabaSts,
  alibabaOpenApi,
  alibabaEcsMetadata,
  instanceMetadata,
  x509Federation,
  resourcePrincipalToken,
  resourcePrincipalSession,
  okeProxymux,
  userSession,
  scopedToken,
  identityProviderSurface,
  identityDomainToken,
  identityDomainAdmin,
  authenticateClientSurface,
  infisical,
  vault,
  identityPolicies,
  identity,
  objectStorage,
  echo,
]
