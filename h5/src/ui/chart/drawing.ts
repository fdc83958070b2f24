import { BarChart, LineChart, type BarSeriesOption, type LineSeriesOption } from 'echarts/charts'
import { GridComponent, TooltipComponent, type GridComponentOption, type TooltipComponentOption } from 'echarts/components'
import { init, use, type ComposeOption } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer])

type Drawn = ComposeOption<BarSeriesOption | LineSeriesOption | GridComponentOption | TooltipComponentOption>
/** What a chart draws. One axis each way, so that both can be given the looks of the page. */
export type Option = Pick<Drawn, 'series'> & { xAxis: Exclude<Drawn['xAxis'], unknown[] | undefined>; yAxis: Exclude<Drawn['yAxis'], unknown[] | undefined> }
export interface Drawing { show: (option: Option) => void; end: () => void }

/** The option in the tokens as they are now: charts follow the theme of the page. */
function dressed({ series, xAxis, yAxis }: Option): Drawn {
  const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const axis = { axisLine: { lineStyle: { color: token('--line-strong') } }, axisLabel: { color: token('--text-2'), fontSize: 12, hideOverlap: true }, splitLine: { lineStyle: { color: token('--line') } } }
  // Every label of a time axis says its month: those between are left out where there is no room.
  const days = xAxis.type === 'time' ? { axisLabel: { ...axis.axisLabel, formatter: '{M}/{d}' } } : {}
  return {
    color: [token('--brand'), token('--warn'), token('--info')],
    textStyle: { fontFamily: token('--font'), color: token('--text') },
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    // As text of the drawing: HTML with styles inside is against the page's content policy.
    tooltip: { renderMode: 'richText', trigger: 'axis', backgroundColor: token('--surface'), borderColor: token('--line'), textStyle: { color: token('--text') } },
    series, xAxis: { ...axis, ...days, ...xAxis } as Option['xAxis'], yAxis: { ...axis, ...yAxis } as Option['yAxis'], animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
  }
}

/** Draws into a box, and again when the box changes its size. */
export function draw(box: HTMLElement, first: Option): Drawing {
  const chart = init(box, null, { renderer: 'canvas' })
  const show = (option: Option) => chart.setOption(dressed(option), { notMerge: true })
  const size = new ResizeObserver(() => chart.resize())
  size.observe(box)
  show(first)
  return {
    show,
    end() {
      size.disconnect()
      chart.dispose()
    },
  }
}
