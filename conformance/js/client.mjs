// @bitrix24/b24jssdk, as its documentation uses it: https://bitrix24.github.io/b24jssdk/
// Every scenario prints one JSON line, as those of the Python clients do (conformance/scenarios.py).

import assert from 'node:assert/strict'
import { AjaxError, B24Hook, EnumCrmEntityTypeId } from '@bitrix24/b24jssdk'

const address = process.argv[2]
const portal = B24Hook.fromWebhookUrl(address)
const { call, callList, fetchList, batch, batchByChunk } = portal.actions.v2
const DEAL = EnumCrmEntityTypeId.deal
const COMPANY = EnumCrmEntityTypeId.company

async function ask(method, params = {}) {
  const answer = await call.make({ method, params })
  assert.ok(answer.isSuccess, answer.getErrorMessages().join('; '))
  return answer.getData().result
}

const unique = (rows, key) => new Set(rows.map(row => row[key])).size

const scenarios = {
  async deals_are_made_changed_and_deleted() {
    const id = await ask('crm.deal.add', { fields: { TITLE: 'Сделка JS', OPPORTUNITY: 1500.5, OPENED: true } })
    assert.equal(await ask('crm.deal.update', { id, fields: { TITLE: 'Другая сделка' } }), true)
    const deal = await ask('crm.deal.get', { id })
    assert.deepEqual([deal.ID, deal.TITLE, deal.OPPORTUNITY], [`${id}`, 'Другая сделка', '1500.50'])
    assert.equal(await ask('crm.deal.delete', { id }), true)
    assert.deepEqual(await ask('crm.deal.list', { filter: { ID: id } }), [])
  },

  async items_are_made_changed_listed_and_deleted() {
    const { item } = await ask('crm.item.add', { entityTypeId: DEAL, fields: { title: 'Элемент JS' } })
    await ask('crm.item.update', { entityTypeId: DEAL, id: item.id, fields: { title: 'Изменённый элемент JS' } })
    const { items } = await ask('crm.item.list', { entityTypeId: DEAL, filter: { '=%title': '%элемент JS' }, select: ['id'] })
    assert.deepEqual(items.map(one => one.id), [item.id])
    assert.deepEqual(await ask('crm.item.delete', { entityTypeId: DEAL, id: item.id }), [])
  },

  async companies_longer_than_a_page_come_whole() {
    const listed = await callList.make({ method: 'crm.company.list', params: { select: ['ID'] }, idKey: 'ID' })
    assert.ok(listed.isSuccess)
    const companies = listed.getData()
    assert.ok(companies.length > 50)
    assert.equal(unique(companies, 'ID'), companies.length)
    const items = await callList.make({
      method: 'crm.item.list', params: { entityTypeId: COMPANY, select: ['id'] }, idKey: 'id', customKeyForResult: 'items'
    })
    assert.deepEqual(items.getData().map(item => `${item.id}`), companies.map(company => company.ID))
  },

  async contacts_come_in_chunks() {
    const sizes = []
    for await (const chunk of fetchList.make({ method: 'crm.contact.list', params: { select: ['ID'] }, idKey: 'ID' })) {
      sizes.push(chunk.length)
    }
    assert.equal(sizes[0], 50)
    assert.ok(sizes.length > 1)
  },

  async contacts_keep_their_telephones() {
    const phone = { VALUE: '+7 900 111-22-33', VALUE_TYPE: 'WORK' }
    const id = await ask('crm.contact.add', { fields: { NAME: 'Ирина', PHONE: [phone] } })
    assert.equal((await ask('crm.contact.get', { id })).PHONE[0].VALUE, phone.VALUE)
  },

  async pages_follow_one_another() {
    const first = await call.make({ method: 'crm.company.list', params: { select: ['ID'], order: { ID: 'desc' } } })
    assert.ok(first.isMore())
    assert.ok(first.getTotal() > 50)
    const second = await first.fetchNext(portal.getHttpClient('v2'))
    assert.equal(second.isMore(), false)
    assert.equal(first.getData().result.length + second.getData().result.length, first.getTotal())
  },

  async tasks_are_made_read_and_completed() {
    const { task } = await ask('tasks.task.add', { fields: { TITLE: 'Дело JS', RESPONSIBLE_ID: 1 } })
    await ask('tasks.task.complete', { taskId: task.id })
    const read = await ask('tasks.task.get', { taskId: task.id, select: ['ID', 'TITLE', 'STATUS'] })
    assert.deepEqual([read.task.title, read.task.status], ['Дело JS', '5'])
    const listed = await callList.make({
      method: 'tasks.task.list', params: { filter: { ID: task.id } }, idKey: 'id', cursorIdKey: 'ID', customKeyForResult: 'tasks'
    })
    assert.ok(listed.isSuccess)
  },

  async many_tasks_come_whole() {
    const calls = Array.from({ length: 60 }, (_, n) => ['tasks.task.add', { fields: { TITLE: `Дело ${n}`, RESPONSIBLE_ID: 2 } }])
    assert.equal((await batchByChunk.make({ calls })).getData().length, 60)
    const listed = await callList.make({
      method: 'tasks.task.list', params: { filter: { RESPONSIBLE_ID: 2 }, select: ['ID'] },
      idKey: 'id', cursorIdKey: 'ID', customKeyForResult: 'tasks'
    })
    assert.equal(unique(listed.getData(), 'id'), 60)
  },

  async users_and_departments_are_read() {
    const me = await ask('user.current')
    assert.deepEqual([me.ID, me.ACTIVE], ['1', true])
    const users = await ask('user.get', { FILTER: { UF_DEPARTMENT: me.UF_DEPARTMENT } })
    assert.ok(users.length > 0)
    const departments = await ask('department.get', { sort: 'ID', order: 'ASC' })
    assert.equal(departments[0].ID, '1')
  },

  async files_are_put_on_the_drive_and_downloaded() {
    const [storage] = await ask('disk.storage.getlist')
    const fileContent = ['Договор.txt', Buffer.from('Договор').toString('base64')]
    const made = await ask('disk.folder.uploadfile', { id: storage.ROOT_OBJECT_ID, data: { NAME: 'Договор.txt' }, fileContent })
    const file = await ask('disk.file.get', { id: made.ID })
    assert.equal(await (await fetch(file.DOWNLOAD_URL)).text(), 'Договор')
    const children = await ask('disk.folder.getchildren', { id: storage.ROOT_OBJECT_ID })
    assert.ok(children.some(child => Number(child.ID) === Number(made.ID)))
  },

  async a_named_batch_answers_by_name_and_passes_results_on() {
    const answer = await batch.make({
      calls: {
        deal: { method: 'crm.item.add', params: { entityTypeId: DEAL, fields: { title: 'Сделка & пакет' } } },
        read: ['crm.item.get', { entityTypeId: DEAL, id: '$result[deal][item][id]' }]
      },
      options: { returnAjaxResult: false }
    })
    assert.ok(answer.isSuccess, answer.getErrorMessages().join('; '))
    const { deal, read } = answer.getData()
    assert.deepEqual([read.item.id, read.item.title], [deal.item.id, 'Сделка & пакет'])
  },

  async an_unnamed_batch_answers_by_place() {
    const answer = await batch.make({ calls: [['user.current', {}], ['server.time', {}], ['crm.deal.list', { select: ['ID'] }]] })
    const [me, , deals] = answer.getData()
    assert.equal(me.ID, '1')
    assert.ok(deals.length > 0)
  },

  async an_error_inside_a_batch_stays_with_its_command() {
    const calls = { bad: ['crm.item.get', { entityTypeId: DEAL, id: 999999 }], good: ['server.time', {}] }
    const answer = await batch.make({ calls, options: { isHaltOnError: false, returnAjaxResult: true } })
    assert.equal(answer.isSuccess, false)
    const results = answer.getData()
    assert.equal(results.bad.isSuccess, false)
    assert.ok(results.good.isSuccess)
  },

  async a_batch_that_halts_does_nothing_after_an_error() {
    const calls = [['no.such.method', {}], ['crm.deal.add', { fields: { TITLE: 'Никогда' } }]]
    const answer = await batch.make({ calls, options: { isHaltOnError: true } })
    assert.equal(answer.isSuccess, false)
    assert.deepEqual(await ask('crm.deal.list', { filter: { TITLE: 'Никогда' } }), [])
  },

  async errors_have_their_code_and_their_status() {
    for (const [method, params, code, status] of [
      ['crm.item.get', { entityTypeId: DEAL, id: 999999 }, 'NOT_FOUND', 400],
      ['no.such.method', {}, 'ERROR_METHOD_NOT_FOUND', 404]
    ]) {
      assert.deepEqual(await refusal(method, params), [code, status])
    }
  },

  async the_portal_is_healthy() {
    assert.ok(await portal.tools.healthCheck.make())
    assert.ok(await portal.tools.ping.make() >= 0)
    const stranger = B24Hook.fromWebhookUrl(address.replace(/[^/]+\/?$/, 'wrong'))
    assert.equal(await stranger.tools.healthCheck.make(), false)
  },

  async rest_3_answers_in_its_own_envelope() {
    const { task } = await ask('tasks.task.add', { fields: { TITLE: 'Дело с чатом', RESPONSIBLE_ID: 1 } })
    const params = { fields: { taskId: Number(task.id), text: 'Готово' } }
    const answer = await portal.actions.v3.call.make({ method: 'tasks.task.chat.message.send', params })
    assert.ok(answer.isSuccess, answer.getErrorMessages().join('; '))
  },

  async rest_3_walks_a_list_and_answers_a_batch_by_place() {
    const { v3 } = portal.actions
    const listed = await v3.callList.make({
      method: 'tasks.task.list', params: { filter: [['id', '>', 0]], select: ['id', 'title'] }, customKeyForResult: 'items'
    })
    assert.ok(listed.isSuccess, listed.getErrorMessages().join('; '))
    const ids = listed.getData().map(task => task.id)
    assert.ok(ids.length > 60)
    assert.equal(new Set(ids).size, ids.length)
    const read = await v3.batch.make({ calls: ids.slice(0, 2).map(id => ['tasks.task.get', { id, select: ['id', 'title'] }]) })
    assert.ok(read.isSuccess, read.getErrorMessages().join('; '))
    assert.deepEqual(read.getData().map(answer => answer.item.id), ids.slice(0, 2))
  },

  async rest_3_says_what_is_wrong() {
    const answer = await portal.actions.v3.call.make({ method: 'tasks.task.get', params: {} }).catch(error => error)
    const message = answer instanceof AjaxError ? answer.message : answer.getErrorMessages().join('; ')
    assert.match(message, /`id`/)
  }
}

async function refusal(method, params) {
  try {
    const answer = await call.make({ method, params })
    const [error] = [...answer.getErrors()]
    return [error.code, error.status]
  } catch (error) {
    assert.ok(error instanceof AjaxError, String(error))
    return [error.code, error.status]
  }
}

for (const [scenario, act] of Object.entries(scenarios)) {
  let error = ''
  try {
    await act()
  } catch (problem) {
    error = problem.stack ?? String(problem)
  }
  console.log(JSON.stringify({ scenario, error }))
}
