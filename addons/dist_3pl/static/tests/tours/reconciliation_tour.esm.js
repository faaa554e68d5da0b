import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("dist_settle_differences", {
    steps: () => [
        {
            content: "Compare what the warehouse said with Odoo",
            trigger: ".o_control_panel button:contains(Compare now)",
            run: "click",
        },
        {
            content: "Choose the warehouse",
            trigger: ".modal .o_field_widget[name=backend_id] input",
            run: "edit Bob",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item a:contains(Bob)",
            run: "click",
        },
        {
            content: "Compare",
            trigger: ".modal button[name=action_start]",
            run: "click",
        },
        {
            content: "One product differs, and both totals are there",
            trigger: ".o_field_widget[name=total_ids] td[name=sum_theirs]:contains(197)",
        },
        {
            content: "Look at the differences",
            trigger: ".o_statusbar_buttons button[name=action_open_lines]",
            run: "click",
        },
        {
            content: "Three pieces of tea are missing",
            trigger: ".o_data_row:contains(TEA) td[name=difference]:contains(-3)",
        },
        {
            content: "Settle it",
            trigger: ".o_data_row:contains(TEA) button[name=action_settle]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit counted together on the telephone",
        },
        {
            content: "Correct Odoo",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "It is done",
            trigger: ".o_notification:contains(Done: 1.)",
        },
        {
            content: "Nothing is left to settle",
            trigger: ".o_view_nocontent_smiling_face:contains(Nothing to settle)",
        },
    ],
});
