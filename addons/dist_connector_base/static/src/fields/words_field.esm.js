import {Component, xml} from "@odoo/owl";
import {BadgeField, badgeField} from "@web/views/fields/badge/badge_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** What people call the documents, transports and outcomes that the engine names. */
const WORDS = {
    absent: _t("Not at the partner"),
    accepted: _t("Accepted"),
    article: _t("Article"),
    business: _t("Business decision"),
    configuration: _t("Settings"),
    conflict: _t("Same key, other content"),
    data: _t("Faulty document"),
    done: _t("Done"),
    duplicate: _t("Already there"),
    fatal: _t("Fault in the software"),
    folder: _t("Folder"),
    found: _t("Found at the partner"),
    fulfilment_cancel: _t("Cancel request"),
    fulfilment_request: _t("Fulfilment request"),
    fulfilment_response: _t("Answer to a request"),
    inventory_adjustment: _t("Stock adjustment"),
    inventory_snapshot: _t("Stock levels"),
    item_list: _t("Item numbers"),
    limit: _t("Asked to slow down"),
    mapping: _t("Unknown code"),
    receipt_cancel: _t("Cancel of a receipt advice"),
    receipt_confirmation: _t("Receipt confirmation"),
    receipt_notice: _t("Receipt advice"),
    receipt_response: _t("Answer to a receipt advice"),
    rejected: _t("Rejected"),
    rest: _t("Web service (REST)"),
    return_authorisation: _t("Return authorisation"),
    return_notice: _t("Return"),
    security: _t("Cannot be trusted"),
    sequence: _t("Something is missing before it"),
    sftp: _t("Files over SFTP"),
    service_charge: _t("Fee of the partner"),
    service_invoice: _t("Invoice of the partner"),
    shipment_confirmation: _t("Shipment confirmation"),
    transient: _t("Partner not reachable"),
    unknown: _t("Outcome unknown"),
    unknown_outcome: _t("Outcome unknown"),
};

/**
 * Say a technical name in words; a name without words of its own loses its
 * underscores.
 *
 * @param {String|Boolean} name
 * @returns {String}
 */
export function inWords(name) {
    if (!name) {
        return "";
    }
    if (Object.hasOwn(WORDS, name)) {
        return WORDS[name].toString();
    }
    const plain = name.replaceAll("_", " ");
    return plain.charAt(0).toUpperCase() + plain.slice(1);
}

export class WordsField extends Component {
    static template = xml`<span t-esc="words"/>`;
    static props = {...standardFieldProps};

    get words() {
        return inWords(this.props.record.data[this.props.name]);
    }
}

export class WordsBadgeField extends BadgeField {
    get formattedValue() {
        return inWords(this.props.record.data[this.props.name]);
    }
}

registry.category("fields").add("dist_words", {
    component: WordsField,
    displayName: _t("Technical name in words"),
    supportedTypes: ["char"],
});
registry.category("fields").add("dist_words_badge", {
    ...badgeField,
    component: WordsBadgeField,
    displayName: _t("Technical name in words, as a badge"),
    supportedTypes: ["char"],
});
