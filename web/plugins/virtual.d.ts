/// Modules that the build makes up.

declare module 'virtual:worker-source' {
  const text: string
  export default text
}

declare module 'virtual:names' {
  const names: unknown
  export default names
}
