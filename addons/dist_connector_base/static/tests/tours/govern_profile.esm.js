import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const SAMPLE = JSON.stringify({
    number: "S7",
    order: "R7",
    shipped_at: "2026-01-31T10:00:00Z",
    carrier: "ZZ",
    lines: [{sku: "A-1", quantity: 2}],
});

const openDraft = [
    {
        content: "Find the draft",
        trigger: ".o_data_row:contains(Test house):contains(Draft) .o_data_cell[name=name]",
        run: "click",
    },
    {
        content: "Its form is open",
        trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Draft)",
    },
];

registry.category("web_tour.tours").add("dist_preview_profile", {
    steps: () => [
        ...openDraft,
        {
            content: "Look at what it would do",
            trigger: ".o_statusbar_buttons button:contains(Preview)",
            run: "click",
        },
        {
            content: "Choose the document",
            trigger: ".o_field_widget[name=message_type] input, .o_field_widget[name=message_type] select",
            run: "click",
        },
        {
            content: "A shipment confirmation",
            trigger: ".o_select_menu_item:contains(Shipment confirmation)",
            run: "click",
        },
        {
            content: "Paste a sample",
            trigger: ".o_field_widget[name=sample] textarea",
            run: `edit ${SAMPLE} && click body`,
        },
        {
            content: "The carrier is not mapped",
            trigger: ".o_field_widget[name=fault_html]:contains(ZZ)",
        },
        {
            content: "The list of codes says so too",
            trigger: ".o_field_widget[name=code_html] tr.table-warning:contains(ZZ)",
        },
        {
            content: "Correct the sample",
            trigger: ".o_field_widget[name=sample] textarea",
            run: `edit ${SAMPLE.replace("ZZ", "UPS")} && click body`,
        },
        {
            content: "Now it is good, and the canonical document is there",
            trigger: ".o_field_widget[name=result_html]:contains(confirmation_key)",
        },
        {
            content: "No fault is left",
            trigger: ".alert-success:contains(No fault found)",
        },
        ...stepUtils.saveForm(),
    ],
});

registry.category("web_tour.tours").add("dist_approve_and_roll_back_profile", {
    steps: () => [
        ...openDraft,
        {
            content: "Look at what changed",
            trigger: ".nav-link[name=changes]",
            run: "click",
        },
        {
            content: "The new address is there",
            trigger: ".o_field_widget[name=difference_html] tr.table-success:contains(/v2/orders)",
        },
        {
            content: "Approve",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "It is in force",
            trigger: ".ribbon:contains(In force)",
        },
        {
            content: "Roll back",
            trigger: "button[name=action_roll_back]",
            run: "click",
        },
        {
            content: "Yes",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is retired",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Retired)",
        },
    ],
});
