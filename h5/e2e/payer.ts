import { createHash, createSign } from 'node:crypto'
import { Agent, request } from 'node:https'
import type { Account, Person, SandboxState, TransferCall } from '../src/phone/contract'

interface Access { mchid: string; v2_key: string; private_key_pem: string; certificate_pem: string; certificate_serial: string; public_key_id: string; ca_pem: string; v2_url: string }

/** A merchant that pays people of a running sandbox, with what the sandbox gives it and nothing else. */
export async function payer(url: string) {
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${url}sandbox/v1/${path}`, { method, headers: { 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const { merchants } = await control<{ merchants: { key: string }[] }>('GET', 'merchants')
  const [first] = merchants
  if (!first) throw new Error('the sandbox has no merchant')
  const access = await control<Access>('GET', `merchants/${first.key}/access`)
  const { accounts } = await control<SandboxState>('GET', 'state')
  const account = accounts.find(({ kind }) => kind === 'official') as Account
  const agent = new Agent({ key: access.private_key_pem, cert: access.certificate_pem, ca: access.ca_pem })
  const number = () => `e2e${Date.now()}${Math.floor(Math.random() * 1000)}`

  return {
    account,
    close: () => agent.destroy(),

    async person(follows: boolean): Promise<Person> {
      const person = await control<Person>('POST', 'people', { name: `领奖人 ${Math.floor(Math.random() * 100_000)}` })
      if (follows) await control('POST', `people/${person.id}/follow?wait=false`, { account: account.key })
      return person
    },

    /** `sendredpack`, by TLS with the merchant's certificate; gives the XML of the answer. */
    send(person: Person, fen: number): Promise<string> {
      const fields: Record<string, string> = {
        nonce_str: number(), mch_billno: number(), mch_id: access.mchid, wxappid: account.appid, send_name: '惠联样板店', re_openid: person.openids[account.key] ?? '',
        total_amount: String(fen), total_num: '1', wishing: '新会员有礼，恭喜发财', client_ip: '127.0.0.1', act_name: '拉新有礼', remark: '邀请好友奖励',
      }
      const text = Object.keys(fields).sort().map((name) => `${name}=${fields[name]}`).join('&')
      fields['sign'] = createHash('md5').update(`${text}&key=${access.v2_key}`).digest('hex').toUpperCase()
      const body = `<xml>${Object.entries(fields).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`).join('')}</xml>`
      return new Promise((done, failed) => {
        const call = request(`${access.v2_url}/mmpaymkttransfers/sendredpack`, { agent, method: 'POST', headers: { 'content-type': 'text/xml' } }, (answer) => {
          let read = ''
          answer.setEncoding('utf8').on('data', (part: string) => (read += part)).on('end', () => done(read))
        })
        call.on('error', failed).end(body)
      })
    },

    /** Creates a transfer; gives what its receiver's mini program would hand to WeChat. */
    async transfer(person: Person, fen: number): Promise<TransferCall> {
      const path = '/v3/fund-app/mch-transfer/transfer-bills'
      const body = JSON.stringify({
        appid: account.appid, out_bill_no: number(), transfer_scene_id: '1000', openid: person.openids[account.key], transfer_amount: fen, transfer_remark: '邀请好友奖励',
        transfer_scene_report_infos: [{ info_type: '活动名称', info_content: '新会员有礼' }, { info_type: '奖励说明', info_content: '邀请好友奖励' }],
      })
      const [timestamp, nonce] = [Math.floor(Date.now() / 1000), number().slice(0, 32)]
      const signature = createSign('RSA-SHA256').update(`POST\n${path}\n${timestamp}\n${nonce}\n${body}\n`).sign(access.private_key_pem, 'base64')
      const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${access.mchid}",nonce_str="${nonce}",timestamp="${timestamp}",serial_no="${access.certificate_serial}",signature="${signature}"`
      const answer = await fetch(new URL(path, url), { method: 'POST', headers: { authorization, accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'e2e', 'wechatpay-serial': access.public_key_id }, body })
      const told = (await answer.json()) as { package_info?: string }
      if (!told.package_info) throw new Error(`${answer.status} ${JSON.stringify(told)}`)
      return { mchId: access.mchid, appId: account.appid, package: told.package_info }
    },
  }
}
export type Payer = Awaited<ReturnType<typeof payer>>
