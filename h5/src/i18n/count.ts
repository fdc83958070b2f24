/** A whole number with thousands apart: `12,345`. */
export const count = (value: number): string => (value < 0 ? '-' : '') + String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, ',')

/** A change with its sign: `+120`, `−30`, `0`. */
export const signed = (value: number): string => (value > 0 ? `+${count(value)}` : value < 0 ? `−${count(-value)}` : '0')
