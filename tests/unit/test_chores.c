// SPDX-License-Identifier: MIT
#include "app/chores.h"
#include "core/base/clock.h"
#include "tests/test.h"

#include <pthread.h>
#include <semaphore.h>

#define MANY 1000

struct seen {
    pthread_t by;
    int n, last;     // chores done, the number of the last
    bool in_order;   // so far
    char paths[256]; // of the last
    sem_t go_on;     // for the one that waits
};

static void see(void *ctx, const struct ui_action *action, const char *const *paths, int n)
{
    struct seen *seen = ctx;
    if (action->kind == UI_UNDO)
        while (sem_wait(&seen->go_on))
            ;
    seen->by = pthread_self();
    seen->in_order = seen->in_order && action->index == seen->last + 1;
    seen->last = action->index;
    seen->paths[0] = '\0';
    for (int i = 0; i < n; i++)
        snprintf(seen->paths + strlen(seen->paths), sizeof seen->paths - strlen(seen->paths), "%s,",
                 paths[i]);
    seen->n++;
}

static void begin(struct app_chores **chores, struct seen *seen)
{
    *seen = (struct seen){.in_order = true};
    sem_init(&seen->go_on, 0, 0);
    assert_int_equal(app_chores_create(chores, seen, NULL), 0);
    assert_false(app_chores_busy(*chores));
}

static void they_are_done_in_order_by_another_thread(void **state)
{
    (void)state;
    struct app_chores *chores;
    struct seen seen;
    begin(&chores, &seen);
    for (int i = 1; i <= MANY; i++) {
        struct ui_action action = {.kind = UI_DELETE, .index = i};
        assert_int_equal(app_chores_add(chores, see, &action, NULL, 0, NULL), 0);
    }
    while (app_chores_busy(chores))
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 1000);
    assert_int_equal(seen.n, MANY);
    assert_true(seen.in_order);
    assert_false(pthread_equal(seen.by, pthread_self()));
    app_chores_destroy(chores);
}

static void nobody_waits_and_nothing_is_left_undone(void **state)
{
    (void)state;
    struct app_chores *chores;
    struct seen seen;
    begin(&chores, &seen);
    struct ui_action slow = {.kind = UI_UNDO, .index = 1}, next = {.kind = UI_MOVE, .index = 2};
    char a[] = "a", b[] = "b\nc";
    assert_int_equal(app_chores_add(chores, see, &slow, NULL, 0, NULL), 0);
    assert_int_equal(app_chores_add(chores, see, &next, (const char *[]){a, b}, 2, NULL), 0);
    a[0] = b[0] = 'x'; // they are copied
    assert_int_equal(seen.n, 0);
    assert_true(app_chores_busy(chores));
    sem_post(&seen.go_on);
    app_chores_destroy(chores);
    assert_int_equal(seen.n, 2);
    assert_string_equal(seen.paths, "a,b\nc,");
    app_chores_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_done_in_order_by_another_thread),
        cmocka_unit_test(nobody_waits_and_nothing_is_left_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
