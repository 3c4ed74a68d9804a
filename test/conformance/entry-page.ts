// A page of the driver: `/page?target=…`.
import { conform } from './run.js'

await conform(location.origin, new URL(location.href).searchParams.get('target') ?? '')
