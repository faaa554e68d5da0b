import {CharField, charField} from "@web/views/fields/char/char_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** A text with proposals: a JSON list that stands in another field. */
export class ProposedField extends CharField {
    static template = "dist_connector_base.ProposedField";
    static props = {...CharField.props, proposalsField: {type: String}};

    get proposals() {
        return JSON.parse(this.props.record.data[this.props.proposalsField] || "[]");
    }

    choose(code) {
        this.props.record.update({[this.props.name]: code});
    }
}

registry.category("fields").add("dist_proposed", {
    ...charField,
    component: ProposedField,
    displayName: _t("Text with proposals"),
    supportedTypes: ["char"],
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...charField.extractProps(fieldInfo, dynamicInfo),
        proposalsField: fieldInfo.options.proposals,
    }),
});
