/** A key that the user chose to keep: its private half cannot leave the browser. */
export interface StoredKey {
  readonly name: string
  readonly fingerprint: string
  readonly privateKey: CryptoKey
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  /** `tenancy/user/fingerprint`, when the user said whose it is. */
  readonly keyId?: string
}

const storeName = 'keys'

export async function storedKeys(): Promise<readonly StoredKey[]> {
  return inStore('readonly', (store) => store.getAll())
}

/** @throws Error when there is a key of that name: it could not be had back. */
export async function keepKey(key: StoredKey): Promise<void> {
  const names = (await storedKeys()).map(({ name }) => name)
  if (names.includes(key.name)) throw new Error(`A key named "${key.name}" is kept already: choose another name.`)
  await inStore('readwrite', (store) => store.add(key))
}

export async function forgetKey(name: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(name))
}

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await settled(openDatabase())
  try {
    return await settled(work(database.transaction(storeName, mode).objectStore(storeName)))
  } finally {
    database.close()
  }
}

function openDatabase(): IDBOpenDBRequest {
  const request = indexedDB.open('countersign-playground', 1)
  request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: 'name' })
  return request
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
